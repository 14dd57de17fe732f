import { terminalLook } from '#audit/looks.ts';
import { approvedWith, type Exchange, type Reply, refusedWith } from '#channels/pos/exchange/exchange.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import { availableField } from '#channels/pos/rules/amounts.ts';
import { cardField, presentedCard } from '#channels/pos/rules/card-number.ts';
import { merchantCategory } from '#clearing/rules/plan-request.ts';
import { readBalances } from '#ledger/balances.ts';
import { hainanDay } from '#platform/calendar.ts';
import { sectorNamed } from '#sectors/all.ts';
import { purseRuleOn } from '#sectors/rules/purse-rules.ts';
import { commonOf } from './new-request.ts';
import { readTrace } from './trace.ts';
import { hasPin, withTypedPin } from './typed-pin.ts';

/** What may be spent here by the holder who typed the PIN, once the look is in the audit trail. */
export async function inquire(parts: PosParts, exchange: Exchange): Promise<Reply> {
  const { terminal } = exchange;
  const account = await holderAccount(parts, exchange);
  if (typeof account === 'string') return refusedWith(account);
  await parts.recordLook(terminalLook(terminal.id, account));
  const purses = await readBalances(parts.session, account);
  const payHere = pursesHere(parts, exchange);
  let availableFen = 0n;
  for (const purse of purses)
    if (payHere === null || payHere.includes(purse.purse)) availableFen += purse.availableFen;
  return approvedWith({ 54: availableField(availableFen) });
}

/** The card account whose holder stands before the terminal, as the PIN proves. */
async function holderAccount(parts: PosParts, exchange: Exchange): Promise<bigint | PosRefusal> {
  const { terminal, message } = exchange;
  if (!terminal.active) return 'terminal-not-active';
  const sector = sectorNamed(terminal.sector);
  if (!terminal.allowedKinds.includes('inquiry') || sector === undefined) return 'kind-not-allowed';
  const cardNumber = presentedCard(message.fields);
  if (cardNumber === null || cardNumber === 'format') return `format ${cardField(message.fields)}`;
  if (!hasPin(exchange)) return 'pin-required';
  const trace = await readTrace(parts, exchange);
  if (typeof trace === 'string') return trace;
  const card = await parts.resolveCard(cardNumber);
  if (card === undefined) return 'card-unknown';
  const common = commonOf({ ...exchange, trace, sector });
  // Nothing of it is submitted: the PIN is judged as that of a payment would be.
  const request = { ...common, kind: 'payment' as const, card, amountFen: null };
  const proven = await withTypedPin(parts, exchange, { request, cardNumber });
  if (typeof proven === 'string') return proven;
  // The PIN of what was decided is not looked at again, so this trace named something else.
  if (proven.pin === undefined) return 'key-reused';
  return proven.pin === 'right' ? card.cardAccountId : proven.pin;
}

/** The purses that may pay at this terminal; null where it takes no payments, and every purse is told. */
function pursesHere(parts: PosParts, { terminal, receivedMs }: Exchange): readonly string[] | null {
  const { sector, id } = terminal;
  if (sectorNamed(sector)?.direction === 'loads') return null;
  const reference = parts.clearing.reference.current();
  const place = { sector, mcc: merchantCategory(reference, id) };
  return purseRuleOn(reference.purseRules, place, hainanDay(receivedMs))?.purses ?? [];
}
