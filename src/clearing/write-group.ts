import { outcomeColumns } from '#idempotency/rules/outcome-rows.ts';
import { insertOutcomes } from '#idempotency/store.ts';
import { type GroupFacts, genesisHash, groupHash } from '#ledger/rules/chain.ts';
import { dayTotalsOf } from '#ledger/rules/day-totals.ts';
import { entryColumns, hasDetailColumn, postingColumns } from '#ledger/rules/rows.ts';
import {
  insertEntries,
  insertGroup,
  insertPostings,
  raiseDayTotals,
  saveCorrections,
  saveHolds,
  updateAccounts,
} from '#ledger/store.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { sectorNamed } from '#sectors/all.ts';
import type { GroupState, Writes } from './rules/state.ts';
import type { LaneHead } from './store.ts';

export interface WriteOptions {
  readonly lane: number;
  readonly head: LaneHead | null;
  readonly state: GroupState;
}

const commit: Statement = { name: 'commit', text: 'commit' };

/** Writes a group and commits it: one statement per table, all sent at once. Gives the lane's new head. */
export async function writeGroup(session: Session, writes: Writes, options: WriteOptions): Promise<LaneHead> {
  const { lane, head, state } = options;
  const { businessDate, firstId } = state;
  const columns = {
    outcomes: outcomeColumns(writes.outcomes),
    entries: entryColumns(writes.entries),
    postings: postingColumns(writes.postings),
  };
  const facts: GroupFacts = {
    lane,
    sequence: (head?.sequence ?? 0n) + 1n,
    firstId,
    outcomeCount: writes.outcomes.length,
    businessDate,
  };
  const hash = groupHash(head?.hash ?? genesisHash, facts, columns);
  const totals = dayTotalsOf(writes.postings);
  const written: (readonly [wanted: number, rows: Promise<number>])[] = [
    [writes.outcomes.length, insertOutcomes(session, businessDate, columns.outcomes)],
  ];
  const also = (rows: readonly unknown[], write: () => Promise<number>) => {
    if (rows.length > 0) written.push([rows.length, write()]);
  };
  const entries = [...columns.entries, hasDetailColumn(writes.entries)];
  also(writes.entries, () => insertEntries(session, businessDate, entries));
  also(writes.postings, () => insertPostings(session, businessDate, columns.postings));
  also(writes.accounts, () => updateAccounts(session, writes.accounts));
  also(totals, () => raiseDayTotals(session, { lane, businessDate }, totals));
  also(writes.holds, () => saveHolds(session, writes.holds));
  also(writes.corrections, () => saveCorrections(session, writes.corrections));
  const sectorWrites = [...writes.sectorStates].map(([name, changed]) =>
    sectorNamed(name)?.write(session, changed),
  );
  written.push([1, insertGroup(session, facts, hash)]);
  // After an error the server skips the rest of what was sent, the commit too.
  const [counts] = await Promise.all([
    Promise.all(written.map(([, rows]) => rows)),
    Promise.all(sectorWrites),
    session.run(commit),
  ]);
  counts.forEach((count, i) => {
    if (count !== written[i]?.[0])
      throw new Error('a statement wrote another number of rows than was decided');
  });
  return { sequence: facts.sequence, hash, nextId: firstId + BigInt(facts.outcomeCount) };
}
