import { type CardRef, findCardStates } from '#cards/store.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import { cardField, presentedCard } from '#channels/pos/rules/card-number.ts';
import { readLocalTime } from '#channels/pos/rules/local-time.ts';
import { readOriginalData } from '#channels/pos/rules/original-data.ts';
import type { KnownOutcome } from '#clearing/rules/state.ts';
import { businessKey, type PackedKey } from '#idempotency/rules/keys.ts';
import { isFieldFault } from '#iso8583/unionpay/field-fault.ts';
import { readOriginalTrace } from '#iso8583/unionpay/field61.ts';
import { dateNear } from '#iso8583/unionpay/year-of.ts';
import { accountOwner, bucketOf, isPurse } from '#ledger/rules/accounts.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Traced } from './trace.ts';

interface Named {
  readonly batchNumber: number;
  readonly traceNumber: number;
  /** "2026-11-22"; null where it is not said. */
  readonly day: string | null;
}

/**
 * The names under which the original of a message may be known: by the day that is said, which is the one our answer
 * told, and by the day of its batch, where the terminal sends no dates. Empty where nothing is named.
 */
export async function originalKeys(
  parts: PosParts,
  traced: Traced,
): Promise<PackedKey[] | 'format 56' | 'format 61'> {
  const named = namedBy61(traced) ?? namedBy56(traced);
  if (named === null || typeof named === 'string') return named ?? [];
  const { batchNumber, traceNumber, day } = named;
  const terminalId = traced.terminal.id;
  const days = [day, await parts.batches.openedOn(terminalId, batchNumber)];
  const keys = days
    .filter((each) => each !== null)
    .map((localDate) => businessKey({ terminalId, batchNumber, traceNumber, localDate }));
  return [...new Set(keys)];
}

/** UnionPay's field 61: batch, trace, month and day. A layout that has text there may have another thing in it. */
function namedBy61({ message, listener, receivedMs }: Traced): Named | null | 'format 61' {
  const field61 = message.fields[61];
  if (field61 === undefined) return null;
  const named = readOriginalTrace(field61);
  if (isFieldFault(named)) return listener.codec.layout.fields[61]?.type === 'n' ? 'format 61' : null;
  const { batchNumber, traceNumber, monthDay } = named;
  if (batchNumber === 0) return null;
  const day = monthDay === null ? null : dateNear(monthDay, hainanDay(receivedMs));
  return { batchNumber, traceNumber, day };
}

/** Field 56 of 1993: trace and local time, in the batch that the message itself says or its terminal is in. */
function namedBy56({ message, type, terminal, terminalData }: Traced): Named | null | 'format 56' {
  if (type.version !== 1993) return null;
  const original = readOriginalData(message.fields, type.version);
  if (original === null) return null;
  if (original === 'format') return 'format 56';
  const { trace, localTime } = original;
  const batchNumber = terminalData.batchNumber ?? terminal.batchNumber;
  const local = localTime === null ? null : readLocalTime({ field12: localTime, field13: undefined }, '');
  return { batchNumber, traceNumber: Number(trace), day: local?.date ?? null };
}

/**
 * The card that is before the terminal, or that of what is known where none is; null where nobody can tell. Of an
 * entry that speaks of another one only the account is known.
 */
export async function cardOf(
  parts: PosParts,
  { message }: Traced,
  known: KnownOutcome | undefined,
): Promise<CardRef | PosRefusal | null> {
  const cardNumber = presentedCard(message.fields);
  if (cardNumber === 'format') return `format ${cardField(message.fields)}`;
  if (cardNumber !== null) return (await parts.resolveCard(cardNumber)) ?? 'card-unknown';
  if (known === undefined) return null;
  const purse = known.legs.find((leg) => isPurse(leg.accountId));
  if (known.cardId === 0n) return purse === undefined ? null : accountRef(accountOwner(purse.accountId));
  const { cardId, bucket } = known;
  const states = await findCardStates(parts.session, [{ cardId, bucket, cardAccountId: 0n }]);
  const cardAccountId = states.get(cardId)?.cardAccountId;
  return cardAccountId === undefined ? null : { cardId, cardAccountId, bucket };
}

/** A card account as a request names it that presents no card: its original says whose it is. */
export function accountRef(cardAccountId: bigint): CardRef {
  return { cardId: 0n, cardAccountId, bucket: bucketOf(cardAccountId) };
}
