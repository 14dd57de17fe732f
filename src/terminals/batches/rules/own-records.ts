import { kindCodes } from '#ledger/rules/kinds.ts';
import type { OwnRecord } from './compare-uploads.ts';
import { type Counted, shareFen, sideOf } from './totals.ts';

/** An outcome of a batch, as its trace number names it. */
export interface CountedRecord extends Omit<Counted, 'count'> {
  readonly traceNumber: number;
  /** The sale that it gave another total; null for what is no adjustment. */
  readonly adjustedTrace: number | null;
}

/**
 * What a terminal should upload of a batch. It keeps one record of a sale that was adjusted, with the new total: we
 * have it under the sale's trace number, and under the adjustment's where only that was uploaded (terminals differ, and
 * the record is right either way). An adjustment whose sale does not count any more is a record of its own.
 */
export function ownRecords(
  counted: readonly CountedRecord[],
  uploadedTraces: ReadonlySet<number>,
): OwnRecord[] {
  const standing = counted.filter((record) => sideOf(record) !== null);
  const changes = new Map(
    standing.filter(({ adjusts }) => adjusts).map((record) => [record.adjustedTrace, record]),
  );
  const records = standing.flatMap((record): OwnRecord[] => {
    const side = sideOf(record);
    if (side === null || record.adjusts) return [];
    const { traceNumber, kind, fen } = record;
    const change = kind === kindCodes.payment ? changes.get(traceNumber) : undefined;
    if (change === undefined) return [{ traceNumber, side, amountFen: fen }];
    // Where a trace number was used twice, one sale of the two was adjusted.
    changes.delete(traceNumber);
    const isUnderOther = !uploadedTraces.has(traceNumber) && uploadedTraces.has(change.traceNumber);
    const amountFen = fen + shareFen(change);
    return [{ traceNumber: isUnderOther ? change.traceNumber : traceNumber, side, amountFen }];
  });
  return [...records, ...[...changes.values()].map(ofItsOwn)];
}

function ofItsOwn({ traceNumber, kind, fen }: CountedRecord): OwnRecord {
  return { traceNumber, side: kind === kindCodes.refund ? 'credit' : 'debit', amountFen: fen };
}
