import type { PosParts } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import { readAmount } from '#channels/pos/rules/amounts.ts';
import type { Transaction } from '#channels/pos/rules/asked.ts';
import { isLikelyOriginal } from '#channels/pos/rules/likely-original.ts';
import type { Request } from '#clearing/request.ts';
import type { KnownOutcome } from '#clearing/rules/state.ts';
import { businessKey, reversalKey, type TraceKey } from '#idempotency/rules/keys.ts';
import { type Fen, fen } from '#money/fen.ts';
import { addDays, hainanDay } from '#platform/calendar.ts';
import { findKnown } from './known.ts';
import { commonOf } from './new-request.ts';
import { accountRef, cardOf } from './originals.ts';
import type { Traced } from './trace.ts';

/** These present no card: they name their original, and so does their reversal. */
const namesOriginal: readonly Transaction[] = [
  'completion',
  'part-completion',
  'void',
  'completion-void',
  'refund',
];
/** Of these the books say what they moved. */
const movesByBooks: readonly Transaction[] = ['adjustment', 'completion-void'];

/** A reversal: it carries its original's trace, and its own key follows from it. */
export async function reversalRequest(
  parts: PosParts,
  traced: Traced,
  transaction: Transaction,
): Promise<Request | PosRefusal> {
  const saidFen = readAmount(traced.message.fields);
  if (typeof saidFen === 'string') return saidFen;
  const original = await findOriginal(parts, traced, saidFen);
  if (typeof original === 'string') return original;
  const { key, known, unseen } = original;
  const card = await cardOf(parts, traced, known);
  if (card === null) return 'original-not-found';
  if (typeof card === 'string') return card;
  const isOfAccount = namesOriginal.includes(transaction) || known?.cardId === 0n;
  const common = {
    ...commonOf(traced),
    kind: 'reversal' as const,
    card: isOfAccount ? accountRef(card.cardAccountId) : card,
    amountFen: amountOf(known, { transaction, saidFen }),
  };
  const of = (named: TraceKey): Request => ({
    ...common,
    businessKey: reversalKey(named),
    original: { id: null, businessKey: businessKey(named) },
  });
  for (const other of unseen) {
    const { status } = await parts.clearing.submit({ request: of(other), isRepeat: traced.type.isRepeat });
    // What is decided there is not this message's answer; where it is not, the terminal comes again with all of it.
    if (status !== 'decided' && status !== 'key-reused') return status;
  }
  return of(key);
}

/**
 * What was asked for is what is reversed. A terminal may say the fare that it learnt from the answer, where nothing was
 * asked for; the amount of what a void took back; and the new total, where an adjustment moved the difference.
 */
function amountOf(
  known: KnownOutcome | undefined,
  { transaction, saidFen }: { readonly transaction: Transaction; readonly saidFen: Fen | null },
): Fen | null {
  const isTombstone = known?.refusal === 'reversed-before-arrival';
  if (known === undefined || isTombstone) return transaction === 'void' ? null : saidFen;
  if (known.amountFen === null) return null;
  return movesByBooks.includes(transaction) ? fen(known.amountFen) : saidFen;
}

interface Original {
  readonly key: TraceKey;
  readonly known: KnownOutcome | undefined;
  /** Names under which it may still be on its way, where it has not come: it must meet its reversal there too. */
  readonly unseen: readonly TraceKey[];
}

/** The original under the name that this message gives it; where there is none, under another day that it may have had. */
async function findOriginal(
  parts: PosParts,
  traced: Traced,
  saidFen: Fen | null,
): Promise<Original | PosRefusal> {
  const { key } = traced.trace;
  const card = await cardOf(parts, traced, undefined);
  if (typeof card === 'string') return card;
  const keys = (await otherDays(parts, traced)).map((localDate) => ({ ...key, localDate }));
  const found = await findKnown(parts, [key, ...keys].map(businessKey));
  const known = found.get(businessKey(key));
  if (known !== undefined || card === null) return { key, known, unseen: [] };
  const said = { card, amountFen: saidFen, isDated: traced.trace.isDated };
  for (const other of keys) {
    const likely = found.get(businessKey(other));
    if (likely !== undefined && isLikelyOriginal(likely, said))
      return { key: other, known: likely, unseen: [] };
  }
  return { key, known, unseen: keys.filter((other) => !found.has(businessKey(other))) };
}

async function otherDays(parts: PosParts, { trace, receivedMs }: Traced): Promise<string[]> {
  const { terminalId, batchNumber, localDate } = trace.key;
  const today = hainanDay(receivedMs);
  const days = trace.isDated
    ? [await parts.batches.openedOn(terminalId, batchNumber)]
    : [today, addDays(today, -1)];
  return days.filter((day) => day !== null && day !== localDate) as string[];
}
