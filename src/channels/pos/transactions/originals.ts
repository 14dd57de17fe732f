import { type CardRef, findCardStates } from '#cards/store.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import { presentedCard } from '#channels/pos/rules/card-number.ts';
import type { KnownOutcome } from '#clearing/rules/state.ts';
import { findOutcomes } from '#clearing/store.ts';
import { businessKey, type PackedKey } from '#idempotency/rules/keys.ts';
import { isFieldFault } from '#iso8583/unionpay/field-fault.ts';
import { readOriginalTrace } from '#iso8583/unionpay/field61.ts';
import { dateNear } from '#iso8583/unionpay/year-of.ts';
import { accountOwner, bucketOf, isPurse } from '#ledger/rules/accounts.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Traced } from './trace.ts';

/** What the books know under these keys of either kind. */
export async function findKnown(
  parts: PosParts,
  keys: readonly PackedKey[],
): Promise<Map<PackedKey, KnownOutcome>> {
  const found = await findOutcomes(parts.session, { callerKeys: keys, businessKeys: keys });
  const known = new Map<PackedKey, KnownOutcome>();
  for (const outcome of found) {
    known.set(outcome.businessKey, outcome);
    if (outcome.callerKey !== null) known.set(outcome.callerKey, outcome);
  }
  return known;
}

/**
 * The names under which the original of field 61 may be known: by the day that is said, which is the one our answer
 * told, and by the day of its batch, where the terminal sends no dates. Empty where nothing is named.
 */
export async function originalKeys(parts: PosParts, traced: Traced): Promise<PackedKey[] | 'format'> {
  const field61 = traced.message.fields[61];
  const named = field61 === undefined ? null : readOriginalTrace(field61);
  if (named === null) return [];
  if (isFieldFault(named)) return 'format';
  const { batchNumber, traceNumber, monthDay } = named;
  if (batchNumber === 0) return [];
  const terminalId = traced.terminal.id;
  const said = monthDay === null ? null : dateNear(monthDay, hainanDay(traced.receivedMs));
  const days = [said, await parts.batches.openedOn(terminalId, batchNumber)];
  const keys = days
    .filter((day) => day !== null)
    .map((localDate) => businessKey({ terminalId, batchNumber, traceNumber, localDate }));
  return [...new Set(keys)];
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
  if (cardNumber === 'format') return 'format';
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
