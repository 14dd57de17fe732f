import type { Side } from './totals.ts';

/** A transaction as the terminal uploads it (0320). */
export interface UploadedRecord {
  readonly traceNumber: number;
  /** Null where the record does not say which total it is part of. */
  readonly side: Side | null;
  readonly amountFen: bigint;
  /** The last four digits of the card number, and nothing more of it; null where the record has none. */
  readonly cardTail: string | null;
}

/** A transaction of the batch that counts in our books. */
export interface OwnRecord {
  readonly traceNumber: number;
  readonly side: Side;
  readonly amountFen: bigint;
}

type UploadVerdict = 'matched' | 'amount-differs' | 'side-differs' | 'missing-here' | 'missing-there';

/** What our books say to one record of the terminal, or to one of ours that it did not upload. */
export interface JudgedRecord {
  readonly traceNumber: number;
  readonly verdict: UploadVerdict;
  /** As the terminal said it, and else as ours. */
  readonly side: Side | null;
  /** What our books have; null where they have nothing. */
  readonly ownAmountFen: bigint | null;
}

/**
 * Holds a terminal's records against ours, by their trace numbers: one verdict for each trace number that either has,
 * in their order. A trace number that was used twice in one batch (its counter ran around) is held against the one of
 * ours that fits best.
 */
export function compareUploads(
  uploaded: readonly UploadedRecord[],
  own: readonly OwnRecord[],
): JudgedRecord[] {
  const ours = Map.groupBy(own, (record) => record.traceNumber);
  const theirs = new Map(uploaded.map((record) => [record.traceNumber, record]));
  const traces = [...new Set([...ours.keys(), ...theirs.keys()])].sort((a, b) => a - b);
  return traces.map((traceNumber) => judge(theirs.get(traceNumber), ours.get(traceNumber) ?? []));
}

function judge(uploaded: UploadedRecord | undefined, own: readonly OwnRecord[]): JudgedRecord {
  const [first] = own;
  if (uploaded === undefined) {
    if (first === undefined) throw new RangeError('a trace number that nobody has');
    const { traceNumber, side, amountFen } = first;
    return { traceNumber, verdict: 'missing-there', side, ownAmountFen: amountFen };
  }
  const { traceNumber, side, amountFen } = uploaded;
  const said = { traceNumber, side };
  if (first === undefined) return { ...said, verdict: 'missing-here', ownAmountFen: null };
  const sameSide = own.filter((record) => side === null || record.side === side);
  const same = sameSide.find((record) => record.amountFen === amountFen);
  if (same !== undefined) return { ...said, verdict: 'matched', ownAmountFen: amountFen };
  const [nearest] = sameSide;
  return nearest === undefined
    ? { ...said, verdict: 'side-differs', ownAmountFen: first.amountFen }
    : { ...said, verdict: 'amount-differs', ownAmountFen: nearest.amountFen };
}
