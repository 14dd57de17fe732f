import { type BatchTotals, isBalanced } from './totals.ts';

export type SettleAnswer = 'balanced' | 'unbalanced';

/** A terminal's settlement (0500). */
export interface Settlement {
  readonly terminalId: number;
  readonly batchNumber: number;
  /** The message's own trace number: with the same one it is a repeat. */
  readonly traceNumber: number;
  readonly claimed: BatchTotals;
}

/** A batch as it stands before or after a settlement. */
export interface BatchStand {
  readonly state: 'open' | 'unbalanced' | 'closed';
  readonly settleTrace: number | null;
  readonly settleAnswer: SettleAnswer | null;
  /** Our totals, as they were when the batch was settled last; null before that. */
  readonly own: BatchTotals | null;
  readonly claimed: BatchTotals | null;
}

/** What becomes of a settlement: the answer, and how the batch stands then; null: as before. */
export interface JudgedSettlement {
  readonly answer: SettleAnswer;
  readonly after: BatchStand | null;
}

/**
 * Judges a settlement by our totals. A repeat is given the answer that it had. A batch that is closed is judged no
 * more: whoever asks again under a new trace number (its answer was lost) hears whether it claims what was kept.
 * One that did not balance may be claimed anew, until its upload is ended.
 */
export function judgeSettlement(
  batch: BatchStand,
  asked: Pick<Settlement, 'traceNumber' | 'claimed'>,
  ownNow: BatchTotals,
): JudgedSettlement {
  if (batch.settleTrace === asked.traceNumber && batch.settleAnswer !== null)
    return { answer: batch.settleAnswer, after: null };
  if (batch.state === 'closed') {
    if (batch.own === null) throw new Error('a batch was closed without totals');
    return { answer: isBalanced(asked.claimed, batch.own) ? 'balanced' : 'unbalanced', after: null };
  }
  const answer = isBalanced(asked.claimed, ownNow) ? 'balanced' : 'unbalanced';
  return {
    answer,
    after: {
      state: answer === 'balanced' ? 'closed' : 'unbalanced',
      settleTrace: asked.traceNumber,
      settleAnswer: answer,
      own: ownNow,
      claimed: asked.claimed,
    },
  };
}
