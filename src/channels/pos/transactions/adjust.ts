import type { Reply } from '#channels/pos/exchange/exchange.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import { judgeAdjustment } from '#channels/pos/rules/adjustment.ts';
import { readAmount } from '#channels/pos/rules/amounts.ts';
import { detailFields, type Request, saidDetail } from '#clearing/request.ts';
import type { KnownOutcome } from '#clearing/rules/state.ts';
import { batchNumberOf, callerKey, type PackedKey, traceNumberOf } from '#idempotency/rules/keys.ts';
import type { Fen } from '#money/fen.ts';
import { findKnown } from './known.ts';
import { commonOf } from './new-request.ts';
import { accountRef, cardOf, originalKeys } from './originals.ts';
import type { Traced } from './trace.ts';

/**
 * A sale that was made offline becomes another total (an adjustment, a tip): what is more is paid, what is less goes
 * back, under this message's own name. That a sale is adjusted once is held by a second name of the request. It is
 * adjusted in its own batch: once that is settled the terminal counts the sale no more, and has nothing to change.
 */
export async function adjustment(parts: PosParts, traced: Traced): Promise<Request | PosRefusal | Reply> {
  const totalFen = readAmount(traced.message.fields);
  if (typeof totalFen === 'string') return totalFen;
  if (totalFen === null) return 'amount-missing';
  const keys = await originalKeys(parts, traced);
  if (typeof keys === 'string') return keys;
  const own = commonOf(traced).businessKey;
  const known = await findKnown(parts, [own, ...keys, ...keys.map((key) => adjustmentKey(traced, key))]);
  const key = keys.find((each) => known.has(each)) ?? null;
  const sale = key === null ? undefined : known.get(key);
  const name = key === null ? null : adjustmentKey(traced, key);
  const adjusted = judgeAdjustment(totalFen, sale, {
    isFirst: !known.has(own) && !traced.type.isRepeat,
    wasAdjusted: name !== null && known.has(name),
    isOfBatch: key !== null && batchNumberOf(key) === traced.trace.key.batchNumber,
  });
  if (typeof adjusted === 'string') return adjusted;
  if (sale === undefined) throw new Error('nothing that is not there was judged');
  return adjusted.move === 'none' ? unmoved(sale) : moving(parts, traced, { ...adjusted, sale, name });
}

async function moving(
  parts: PosParts,
  traced: Traced,
  of: {
    readonly move: 'payment' | 'refund';
    readonly amountFen: Fen;
    readonly sale: KnownOutcome;
    readonly name: PackedKey | null;
  },
): Promise<Request | PosRefusal> {
  const { move, amountFen, sale, name } = of;
  const card = await cardOf(parts, traced, sale);
  if (card === null) return 'original-not-found';
  if (typeof card === 'string') return card;
  const adjusts = traceNumberOf(sale.businessKey);
  const request = { ...commonOf(traced), kind: move, callerKey: name, amountFen, adjusts };
  return move === 'refund'
    ? { ...request, card: accountRef(card.cardAccountId), original: { id: sale.id, businessKey: null } }
    : { ...request, card, detail: detailFields(saidDetail(sale.detail)) };
}

/** The second name of a sale's one adjustment. */
export function adjustmentKey({ terminal }: Traced, sale: PackedKey): PackedKey {
  return callerKey(`adjustments of ${terminal.id}`, sale);
}

/** The total is what it was: the sale itself is the answer. */
function unmoved({ id, businessDate, legs, amountFen, callerKey: name }: KnownOutcome): Reply {
  const outcome = {
    ...{ status: 'decided' as const, kind: 'payment' as const, refusal: null, replay: true },
    ...{ id, businessDate, legs, amountFen, callerKey: name, cardAccountId: 0n },
  };
  return { refusal: null, outcome, fields: {} };
}
