import type { CardRef } from '#cards/store.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import { readAmount } from '#channels/pos/rules/amounts.ts';
import type { Transaction } from '#channels/pos/rules/asked.ts';
import { presentedCard } from '#channels/pos/rules/card-number.ts';
import type { Request } from '#clearing/request.ts';
import { businessKey, reversalKey } from '#idempotency/rules/keys.ts';
import type { Fen } from '#money/fen.ts';
import { fen } from '#money/fen.ts';
import { commonOf } from './new-request.ts';
import { accountRef, cardOf, findKnown } from './originals.ts';
import type { Traced } from './trace.ts';

/** These present no card: they name their original, and so does their reversal. */
const namesOriginal: readonly Transaction[] = ['completion', 'part-completion', 'void', 'refund'];

/** A reversal: it carries its original's trace, and its own key follows from it. */
export function reversalRequest(
  parts: PosParts,
  traced: Traced,
  transaction: Transaction,
): Request | PosRefusal | Promise<Request | PosRefusal> {
  const { fields } = traced.message;
  const amountFen = transaction === 'void' ? null : readAmount(fields);
  if (typeof amountFen === 'string') return amountFen;
  const cardNumber = presentedCard(fields);
  if (cardNumber === 'format') return 'format';
  if (cardNumber === null || transaction === 'adjustment') return ofKnown(parts, traced, transaction);
  const make = (card: CardRef | undefined) =>
    card === undefined ? 'card-unknown' : reversalOf(traced, { transaction, card, amountFen });
  const found = parts.resolveCard(cardNumber);
  return found instanceof Promise ? found.then(make) : make(found);
}

/** Of an adjustment the books know what it moved, and without a card they know whose it was. */
async function ofKnown(
  parts: PosParts,
  traced: Traced,
  transaction: Transaction,
): Promise<Request | PosRefusal> {
  const key = businessKey(traced.trace.key);
  const known = (await findKnown(parts, [key])).get(key);
  const card = await cardOf(parts, traced, known);
  if (card === null) return 'original-not-found';
  if (typeof card === 'string') return card;
  const said = transaction === 'void' ? null : readAmount(traced.message.fields);
  if (typeof said === 'string') return said;
  const isMoved = transaction === 'adjustment' && known?.amountFen != null;
  const amountFen = isMoved ? fen(known.amountFen) : said;
  const isRefund = known?.cardId === 0n;
  return reversalOf(traced, { transaction: isRefund ? 'refund' : transaction, card, amountFen });
}

function reversalOf(
  traced: Traced,
  of: { readonly transaction: Transaction; readonly card: CardRef; readonly amountFen: Fen | null },
): Request {
  const { transaction, card, amountFen } = of;
  const { key } = traced.trace;
  return {
    ...commonOf(traced),
    kind: 'reversal',
    businessKey: reversalKey(key),
    card: namesOriginal.includes(transaction) ? accountRef(card.cardAccountId) : card,
    amountFen,
    original: { id: null, businessKey: businessKey(key) },
  };
}
