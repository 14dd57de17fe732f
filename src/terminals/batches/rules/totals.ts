import { kindCodes } from '#ledger/rules/kinds.ts';

/** Which of a batch's two totals something is part of. */
export type Side = 'debit' | 'credit';

/** The totals of a batch, as a terminal claims them (0500) and as our books have them. */
export interface BatchTotals {
  readonly debitFen: bigint;
  readonly debitCount: number;
  readonly creditFen: bigint;
  readonly creditCount: number;
}

/** Outcomes of one batch that count alike, as the books have them. */
export interface Counted {
  /** The code of the kind in the journal. */
  readonly kind: number;
  readonly declined: boolean;
  /** Whether an approved reversal took it back. */
  readonly reversed: boolean;
  /** Whether it is but the difference that gave a sale of the batch another total. */
  readonly adjusts: boolean;
  readonly count: number;
  /** What it moved on the holders' purses, whichever way. */
  readonly fen: bigint;
}

export const noTotals: BatchTotals = { debitFen: 0n, debitCount: 0, creditFen: 0n, creditCount: 0 };

const debitKinds: readonly number[] = [kindCodes.payment, kindCodes.capture];
const creditKinds: readonly number[] = [kindCodes.refund, kindCodes.void, kindCodes.load];

/**
 * Which total an outcome is part of, or null for none: payments and captures are debit; refunds, voids and loads are
 * credit. What was declined or reversed does not count, nor does a reversal; a void does, beside what it takes back.
 * An authorisation moves nothing, nor does the void of one: neither is in the totals of a terminal. An adjustment is
 * part of the sale's own side, whichever way it went.
 */
export function sideOf(outcome: Omit<Counted, 'count'>): Side | null {
  if (outcome.declined || outcome.reversed) return null;
  if (outcome.adjusts) return 'debit';
  if (debitKinds.includes(outcome.kind)) return 'debit';
  if (outcome.kind === kindCodes.void && outcome.fen === 0n) return null;
  return creditKinds.includes(outcome.kind) ? 'credit' : null;
}

/** `sideOf` as PostgreSQL computes it, of the columns of the same names. */
export const sideSql = `case when declined or reversed then null
  when adjusts then 'debit'
  when kind in (${debitKinds.join(', ')}) then 'debit'
  when kind = ${kindCodes.void} and fen = 0 then null
  when kind in (${creditKinds.join(', ')}) then 'credit' end`;

/**
 * The amount by which an outcome changes its side's total. A terminal counts an adjusted sale once and with its new
 * total, so what went back by adjustment is less debit, and no credit.
 */
export function shareFen({ adjusts, kind, fen }: Pick<Counted, 'adjusts' | 'kind' | 'fen'>): bigint {
  return adjusts && kind === kindCodes.refund ? -fen : fen;
}

/** `shareFen` as PostgreSQL computes it, and whether an outcome is counted at all. */
export const shareFenSql = `case when adjusts and kind = ${kindCodes.refund} then -fen else fen end`;
export const isCountedSql = 'not adjusts';

/**
 * The totals of a batch from its outcomes. Where more went back by adjustment than was sold (the sale itself was dated
 * outside of the batch's days), the debit is nought: no total of a terminal is less.
 */
export function batchTotals(outcomes: readonly Counted[]): BatchTotals {
  let { debitFen, debitCount, creditFen, creditCount } = noTotals;
  for (const outcome of outcomes) {
    if (outcome.fen < 0n || outcome.count < 0) throw new RangeError('totals are sums of what was moved');
    const side = sideOf(outcome);
    if (side === 'debit') {
      debitFen += shareFen(outcome);
      debitCount += outcome.adjusts ? 0 : outcome.count;
    } else if (side === 'credit') {
      creditFen += outcome.fen;
      creditCount += outcome.count;
    }
  }
  return { debitFen: debitFen < 0n ? 0n : debitFen, debitCount, creditFen, creditCount };
}

/** Whether a terminal's totals are ours. */
export function isBalanced(claimed: BatchTotals, own: BatchTotals): boolean {
  return (
    claimed.debitFen === own.debitFen &&
    claimed.debitCount === own.debitCount &&
    claimed.creditFen === own.creditFen &&
    claimed.creditCount === own.creditCount
  );
}
