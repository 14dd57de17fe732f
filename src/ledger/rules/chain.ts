import { createHash } from 'node:crypto';

/** What a lane's chain starts from. */
export const genesisHash: Buffer = Buffer.alloc(32);

export interface GroupFacts {
  readonly lane: number;
  readonly sequence: bigint;
  readonly firstId: bigint;
  readonly outcomeCount: number;
  readonly businessDate: string;
}

/** The columns of a group's rows, as they were sent to PostgreSQL. */
export interface GroupColumns {
  readonly outcomes: readonly string[];
  readonly entries: readonly string[];
  readonly postings: readonly string[];
}

/**
 * The hash of a group: SHA-256 over the lane's previous hash, the group's facts, and the columns of its
 * outcomes, entries and postings in the text in which they were sent. Verify builds the same text from the rows.
 */
export function groupHash(previous: Buffer, facts: GroupFacts, columns: GroupColumns): Buffer {
  const hash = createHash('sha256').update(previous);
  hash.update(
    `v1 ${facts.lane} ${facts.sequence} ${facts.firstId} ${facts.outcomeCount} ${facts.businessDate}`,
  );
  for (const part of [columns.outcomes, columns.entries, columns.postings]) {
    hash.update('\n#');
    for (const column of part) hash.update('\n').update(column);
  }
  return hash.digest();
}
