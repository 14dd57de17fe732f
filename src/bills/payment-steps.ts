import { setTimeout as sleep } from 'node:timers/promises';
import type { Clearing } from '#clearing/open.ts';
import type { Outcome } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { namedKey, namedReversalKey } from '#idempotency/rules/keys.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import type { Log } from '#platform/log.ts';
import type { Session } from '#platform/postgres.ts';
import { judgeDue } from './rules/due-bill.ts';
import type { PaymentEvent } from './rules/payment-life.ts';
import { countReturnTry, type Facts, findOutcome, type Payment, type ReturnReason } from './store.ts';
import type { DueBill, Utility, UtilityTerms } from './utility.ts';
import { whatIsLeft } from './what-is-left.ts';

/** What bills are paid with: the one path for the money, and how a utility is spoken to. */
export interface BillParts {
  readonly session: Session;
  readonly clearing: Clearing;
  readonly connect: (terms: UtilityTerms) => Utility;
  readonly log: Log;
  /** How long a payment belongs to whoever drives it; longer than a drive with every time-out in it. */
  readonly leaseMs?: number;
  /** For tests: told after every act of a drive; may throw as if the process died there, or hold it up. */
  readonly passed?: (act: string) => void | Promise<void>;
}

/** What a step found out; null when it could not find out and must be tried later. */
export type Found = { readonly event: PaymentEvent; readonly facts: Facts } | null;

/** A payment with the utility it is for, ready to be moved on. */
export interface Driven {
  readonly parts: BillParts;
  readonly payment: Payment;
  readonly terms: UtilityTerms;
  readonly utility: Utility;
}

export const passed = async ({ parts }: Pick<Driven, 'parts'>, act: string) => parts.passed?.(act);

const paymentKey = (id: string) => namedKey('bill', id);
/** The first return and the first reversal have the plain name; one after a refusal that is pinned has a number. */
const nameOfTry = ({ id, returnTries }: Payment) => (returnTries === 0 ? id : `${id} ${returnTries}`);

function requestOf({ parts, payment, terms }: Driven, kind: Request['kind']) {
  const { cardId, cardAccountId } = payment;
  return {
    kind,
    sector: 'utilities',
    callerKey: null,
    card: { cardId, cardAccountId, bucket: bucketOf(cardAccountId) },
    // Under the utility's own terminal, so that the utility is who is paid, whoever's kiosk it was.
    terminalId: terms.terminalId,
    batchNumber: parts.clearing.reference.current().terminals.get(terms.terminalId)?.batchNumber ?? 0,
    amountFen: fen(payment.amountFen),
    localTime: payment.localTime,
    detail: kind === 'reversal' ? {} : detailOf(payment),
    final: false,
  };
}

/** What the holder reads in the history: which bill, of when; the customer number masked. */
function detailOf(payment: Payment): Record<string, string> {
  const { billNumber, period, customerNumber, purse } = payment;
  const customer = `****${customerNumber.slice(-Math.min(4, Math.max(0, customerNumber.length - 2)))}`;
  if (period === null) throw new Error('a bill is paid after the utility has said what is due');
  return { bill: billNumber, period, customer, ...(purse === null ? {} : { purse }) };
}

/** The outcome of a request of ours, or null when it is not known yet: the same key asks again later. */
async function submit(driven: Driven, request: Request): Promise<Outcome | null> {
  const answer = await driven.parts.clearing.submit({ request, isRepeat: driven.payment.drives > 1 });
  if (answer.status === 'decided') return answer;
  // Two drivers that saw another rest gave it back under one key: the next drive finds which of them did.
  if (answer.status === 'key-reused' && request.kind === 'refund') return null;
  // Everything else in our requests comes from the row, which does not change.
  if (answer.status === 'key-reused')
    throw new Error(`a bill payment's key was used with another ${answer.field}`);
  return null;
}

/** Asks whether the bill is due in this amount. A utility that does not answer is asked again by the repeat. */
export async function askDue({ parts, payment, utility }: Driven): Promise<DueBill | Found> {
  const due = judgeDue(await utility.findBills(payment.customerNumber), payment);
  await passed({ parts }, 'asked what is due');
  if (due === 'utility-silent') return null;
  return typeof due === 'string' ? { event: 'refused', facts: { refusal: due } } : due;
}

/** Takes the money, through the one path. */
export async function pay(driven: Driven): Promise<Found> {
  const businessKey = paymentKey(driven.payment.id);
  const outcome = await submit(driven, { ...requestOf(driven, 'payment'), businessKey, original: null });
  await passed(driven, 'cleared');
  return outcome === null ? null : ofPayment(outcome);
}

function ofPayment(known: Pick<Outcome, 'id' | 'businessDate' | 'refusal'>): Found {
  const { id, businessDate, refusal } = known;
  if (refusal === null) return { event: 'approved', facts: { entryId: id, paidOn: businessDate } };
  // Somebody gave the payment up while it was on its way: the tombstone met it.
  if (refusal === 'reversed-before-arrival') return { event: 'never-came', facts: {} };
  return { event: 'refused', facts: { refusal } };
}

/** Nobody waits any more: money that was taken is driven on, and a payment that clearing does not know is given up. */
export async function look(driven: Driven): Promise<Found> {
  const known = await findOutcome(driven.parts.session, outcomeAt(driven));
  await passed(driven, 'looked');
  return known === null ? { event: 'given-up', facts: {} } : ofKnown(known);
}

const outcomeAt = ({ payment }: Driven) => ({
  bucket: bucketOf(payment.cardAccountId),
  businessKey: paymentKey(payment.id),
});

/**
 * Takes back what was given up: a reversal leaves a tombstone, so that a payment which is still on its way somewhere
 * is refused when it comes; if it has come in the meantime, the reversal takes the money back.
 */
export async function takeBack(driven: Driven): Promise<Found> {
  const { parts, payment } = driven;
  const outcome = await submit(driven, {
    ...requestOf(driven, 'reversal'),
    businessKey: namedReversalKey('bill', nameOfTry(payment)),
    original: { id: null, businessKey: paymentKey(payment.id) },
  });
  await passed(driven, 'reversed');
  if (outcome === null) return null;
  // A reversal takes back a whole; where some of it went back already, the charge is in the books and the rest follows.
  const isInPart = outcome.refusal === 'already-returned';
  if (outcome.refusal !== null && !isInPart) return tryAnotherKey(driven, outcome.refusal);
  const original = await findOutcome(parts.session, outcomeAt(driven));
  if (original === null) throw new Error('a reversal left neither an original nor a tombstone');
  if (original.refusal !== null) return ofKnown(original);
  const returned = isInPart
    ? await giveBackRest(driven, original.id)
    : { returnEntryId: outcome.id, returnedOn: outcome.businessDate };
  if (returned === null) return null;
  const paid = { entryId: original.id, paidOn: original.businessDate };
  return { event: 'taken-back', facts: { ...paid, ...returned, reason: 'caller-gone' } };
}

const ofKnown = (known: { id: bigint; businessDate: string; refusal: string | null }) =>
  ofPayment({ ...known, refusal: known.refusal as Outcome['refusal'] });

const inquiriesMax = 2;
const inquiryPauseMs = 300;

/** Has the utility write the bill off. What it says is settled here: it did, it did not, or nobody can tell. */
export async function writeOff(driven: Driven): Promise<Found> {
  const { payment, utility } = driven;
  const { id: reference, customerNumber, billNumber, amountFen } = payment;
  const answer = await utility.writeOff({ reference, customerNumber, billNumber, amountFen });
  await passed(driven, 'asked to write off');
  switch (answer.status) {
    case 'accepted':
      return { event: 'accepted', facts: {} };
    case 'refused':
      return notAccepted('utility-refused');
    case 'unknown':
      return inquire(driven);
  }
}

async function inquire(driven: Driven): Promise<Found> {
  const { id: reference, customerNumber } = driven.payment;
  for (let asked = 0; asked < inquiriesMax; asked++) {
    if (asked > 0) await sleep(inquiryPauseMs);
    const answer = await driven.utility.inquire({ reference, customerNumber });
    await passed(driven, 'inquired');
    if (answer.status === 'posted') return { event: 'accepted', facts: {} };
    if (answer.status === 'not-posted' || answer.status === 'cancelled') return notAccepted('utility-silent');
  }
  return notAccepted('utility-silent');
}

/**
 * Also a refusal is cancelled: the same write-off of a slower driver may still be on its way, and a utility need not
 * refuse it twice. The cancellation stands in the row before the money moves.
 */
function notAccepted(reason: ReturnReason): Found {
  return { event: 'not-accepted', facts: { reason, cancellation: 'due' } };
}

/** Gives the money back to the purses it came from. */
export async function giveBack(driven: Driven): Promise<Found> {
  const { entryId } = driven.payment;
  if (entryId === null) throw new Error('money that was never taken cannot be given back');
  const facts = await giveBackRest(driven, entryId);
  return facts === null ? null : { event: 'given-back', facts };
}

/**
 * Gives back what is left of a charge: our desk may have given a part of it back meanwhile, or the utility itself,
 * and the whole would be refused for ever. What was decided under this return's key is looked for first, since what
 * is left is less afterwards and a key says one amount.
 */
async function giveBackRest(driven: Driven, entryId: bigint): Promise<Facts | null> {
  const { parts, payment } = driven;
  const businessKey = namedKey('bill-return', nameOfTry(payment));
  const at = { bucket: bucketOf(payment.cardAccountId), businessKey };
  const known = await findOutcome(parts.session, at);
  const { leftFen, lastReturn } = await whatIsLeft(parts.session, { ...payment, entryId });
  if (known === null && leftFen === 0n) return lastReturn;
  const outcome =
    known ??
    (await submit(driven, {
      ...requestOf(driven, 'refund'),
      amountFen: leftFen,
      businessKey,
      original: { id: entryId, businessKey: null },
    }));
  await passed(driven, 'given back');
  if (outcome === null) return null;
  if (outcome.refusal !== null) return tryAnotherKey(driven, outcome.refusal);
  return { returnEntryId: outcome.id, returnedOn: outcome.businessDate };
}

/**
 * A return that was refused (the utility's terminal was switched off) is pinned as refused, so the next try has a key
 * of its own. It cannot give back twice: what was returned never exceeds the original.
 */
async function tryAnotherKey({ parts, payment }: Driven, refusal: string): Promise<null> {
  parts.log.error('money of a bill could not be given back yet', {
    billPayment: Number(payment.sequence),
    refusal,
  });
  await countReturnTry(parts.session, payment.id, payment.returnTries);
  return null;
}
