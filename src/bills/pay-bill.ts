import { randomUUID } from 'node:crypto';
import type { CardRef } from '#cards/store.ts';
import type { PackedKey } from '#idempotency/rules/keys.ts';
import { refuseTerminal, type TerminalRefusal } from '#terminals/rules/permission.ts';
import type { Terminal } from '#terminals/store.ts';
import { drivePayment, leaseDefaultMs } from './drive-payment.ts';
import type { BillParts } from './payment-steps.ts';
import { finalStates } from './rules/payment-life.ts';
import { type AskedField, differingAsk } from './rules/same-ask.ts';
import {
  claimPayment,
  findBillStates,
  findByTrace,
  type NewPayment,
  type Payment,
  reservePayment,
} from './store.ts';
import { readUtilities } from './utilities/store.ts';
import type { UtilityTerms } from './utility.ts';

/** A terminal's wish to pay a bill from the card before it. */
export interface BillWish {
  readonly terminal: Terminal;
  readonly callerKey: PackedKey;
  readonly card: CardRef;
  readonly utilityId: number;
  readonly customerNumber: string;
  readonly billNumber: string;
  readonly amountFen: bigint;
  readonly purse: string | null;
  readonly batchNumber: number;
  readonly traceNumber: number;
  /** "2026-11-22 08:30:00". */
  readonly localTime: string;
}

/** Why nothing was done. Nothing is stored for it, so that the terminal may try again as it is. */
export type BillRefusal =
  | TerminalRefusal
  | 'participant-not-active'
  | 'utility-unknown'
  | 'utility-silent'
  | 'bill-paid'
  | 'bill-being-paid';

export type BillAnswer =
  | { readonly status: 'payment'; readonly payment: Payment; readonly replay: boolean }
  | { readonly status: 'refused'; readonly code: BillRefusal }
  | { readonly status: 'key-reused'; readonly field: AskedField };

/**
 * Pays a bill as far as it goes while the caller waits: speaks for the bill, takes the money, has it written off, or
 * gives it back. A repeat (same key or same trace) gets the payment that there is, and drives it on if nobody does.
 */
export async function payBill(parts: BillParts, wish: BillWish): Promise<BillAnswer> {
  const known = await findByTrace(parts.session, traceOf(wish), wish.callerKey);
  if (known !== null) return repeat(parts, wish, known);
  const refusal = await refuseWish(parts, wish);
  if (refusal !== null) return { status: 'refused', code: refusal };
  const leaseMs = parts.leaseMs ?? leaseDefaultMs;
  // Before the utility is asked: a copy of this request that comes meanwhile must meet this one, not an answer of its own.
  const reserved = await reservePayment(parts.session, newPayment(wish), leaseMs);
  if (reserved === null) return whoWasFaster(parts, wish);
  await parts.passed?.('reserved');
  return answerOf(await drivePayment(parts, reserved, true), false);
}

/** A payment that still waits to hear what is due has moved nothing: the same request may come again. */
function answerOf(payment: Payment, replay: boolean): BillAnswer {
  const isUnheard = payment.state === 'reserved' && payment.period === null;
  return isUnheard ? { status: 'refused', code: 'utility-silent' } : { status: 'payment', payment, replay };
}

const traceOf = ({ terminal, batchNumber, traceNumber, localTime }: BillWish) => ({
  terminalId: terminal.id,
  batchNumber,
  traceNumber,
  localTime,
});

async function repeat(parts: BillParts, wish: BillWish, known: Payment): Promise<BillAnswer> {
  const field = differingAsk({ ...wish, cardId: wish.card.cardId }, known);
  if (field !== null) return { status: 'key-reused', field };
  if (finalStates.includes(known.state)) return answerOf(known, true);
  const claimed = await claimPayment(parts.session, known.id, parts.leaseMs ?? leaseDefaultMs);
  // Somebody drives it: where it stands is all that can be said now.
  if (claimed === null) return { status: 'payment', payment: known, replay: true };
  return answerOf(await drivePayment(parts, claimed, true), true);
}

async function refuseWish(parts: BillParts, wish: BillWish): Promise<BillRefusal | null> {
  const refusal = refuseCaller(parts, wish);
  if (refusal !== null) return refusal;
  return (await activeUtility(parts, wish.utilityId)) === undefined ? 'utility-unknown' : null;
}

function refuseCaller({ clearing }: BillParts, { terminal, batchNumber }: BillWish): BillRefusal | null {
  const asked = { kind: 'payment', sector: terminal.sector, batchNumber } as const;
  const refusal = refuseTerminal(terminal, asked);
  if (refusal !== null) return refusal;
  const owner = clearing.reference.current().participants.get(terminal.participantId);
  return owner?.active === true ? null : 'participant-not-active';
}

/** The utility's terms, or undefined for one that is unknown or switched off. */
export async function activeUtility(parts: BillParts, utilityId: number): Promise<UtilityTerms | undefined> {
  const terms = (await readUtilities(parts.session, [utilityId])).get(utilityId);
  const participant = parts.clearing.reference.current().participants.get(utilityId);
  return terms?.active === true && participant?.active === true ? terms : undefined;
}

/** Somebody else speaks for the bill, or this very request came twice. */
async function whoWasFaster(parts: BillParts, wish: BillWish): Promise<BillAnswer> {
  const twin = await findByTrace(parts.session, traceOf(wish), wish.callerKey);
  if (twin !== null) return repeat(parts, wish, twin);
  const { utilityId, billNumber } = wish;
  const state = (await findBillStates(parts.session, utilityId, [billNumber])).get(billNumber);
  return { status: 'refused', code: state === 'written-off' ? 'bill-paid' : 'bill-being-paid' };
}

function newPayment(wish: BillWish): NewPayment {
  const { terminal, card, ...asked } = wish;
  const { cardId, cardAccountId } = card;
  return { ...asked, id: randomUUID(), cardId, cardAccountId, terminalId: terminal.id };
}
