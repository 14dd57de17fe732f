import type { LaneHeadAtCutOff } from '#ledger/business-days.ts';
import type { PoolClient } from '#platform/postgres.ts';
import { type ChainGroup, checkGroup } from '#settlement/rules/group-check.ts';
import type { Finding, GroupRows } from '#settlement/rules/group-rows.ts';
import { type Cursor, cursorsOn } from './cursor.ts';
import { entryCursor, groupCursor, outcomeCursor, postingCursor } from './journal.ts';

/** What a walk over the chains found, and what it passed. */
export interface ChainWalk {
  readonly finding: Finding | null;
  readonly counts: { groups: number; outcomes: number; entries: number; postings: number };
  /** Per business date, the last group of each lane that posted to it. */
  readonly heads: ReadonlyMap<string, ReadonlyMap<number, LaneHeadAtCutOff>>;
}

export interface WalkOptions {
  /** The business days there are. */
  readonly days: ReadonlySet<string>;
  /** Those whose entries and postings are in files: their groups are passed by, with the hash that they say. */
  readonly archived: ReadonlySet<string>;
  readonly onProgress: (outcomes: number) => void;
}

/**
 * Walks all lanes' chains at once, in the order of the ids, beside the journal in the same order: each group
 * meets its rows, and a row that no group owns is met too. Stops at the first that is wrong.
 */
export async function walkChains(client: PoolClient, options: WalkOptions): Promise<ChainWalk> {
  const open = cursorsOn(client);
  const groups = await open(groupCursor);
  const journal: Journal = {
    outcomes: await open(outcomeCursor),
    entries: await open(entryCursor),
    postings: await open(postingCursor),
  };
  const counts = { groups: 0, outcomes: 0, entries: 0, postings: 0 };
  const heads = new Map<string, Map<number, LaneHeadAtCutOff>>();
  const lanes = new Map<number, ChainGroup>();
  const done = (finding: Finding | null): ChainWalk => ({ finding, counts, heads });

  for (let group = await groups.take(); group !== undefined; group = await groups.take()) {
    const stray = await findStray(journal, group.firstId);
    if (stray !== null) return done(stray);
    const rows = await rowsOf(journal, group);
    const finding =
      checkDay(group, options.days) ??
      (options.archived.has(group.businessDate) ? null : checkGroup(group, rows, lanes.get(group.lane)));
    if (finding !== null) return done(finding);
    lanes.set(group.lane, group);
    const ofDay = heads.get(group.businessDate) ?? new Map<number, LaneHeadAtCutOff>();
    heads.set(group.businessDate, ofDay.set(group.lane, group));
    counts.groups += 1;
    counts.outcomes += rows.outcomes.length;
    counts.entries += rows.entries.length;
    counts.postings += rows.postings.length;
    options.onProgress(counts.outcomes);
  }
  return done(await findStray(journal, null));
}

interface Journal {
  readonly outcomes: Cursor<GroupRows['outcomes'][number]>;
  readonly entries: Cursor<GroupRows['entries'][number]>;
  readonly postings: Cursor<GroupRows['postings'][number]>;
}

async function rowsOf(journal: Journal, group: ChainGroup): Promise<GroupRows> {
  const lastId = group.firstId + BigInt(group.outcomeCount) - 1n;
  return {
    outcomes: await journal.outcomes.takeThrough(lastId),
    entries: await journal.entries.takeThrough(lastId),
    postings: await journal.postings.takeThrough(lastId),
  };
}

/** The first journal row before this id that no group took; before the end of the journal where it is null. */
async function findStray(journal: Journal, before: bigint | null): Promise<Finding | null> {
  const isStray = (id: bigint | undefined) => id !== undefined && (before === null || id < before);
  const [expected, found] = ['a group that it was written with', 'none'];
  const outcome = await journal.outcomes.peek();
  if (isStray(outcome?.id))
    return { table: 'idempotency.outcomes', key: `id ${outcome?.id}`, expected, found };
  const entry = await journal.entries.peek();
  if (isStray(entry?.id)) return { table: 'ledger.entries', key: `id ${entry?.id}`, expected, found };
  const posting = await journal.postings.peek();
  if (!isStray(posting?.entryId)) return null;
  const key = `entry ${posting?.entryId}, account ${posting?.accountId}`;
  return { table: 'ledger.postings', key, expected, found };
}

function checkDay(group: ChainGroup, days: ReadonlySet<string>): Finding | null {
  if (days.has(group.businessDate)) return null;
  const key = `lane ${group.lane}, sequence ${group.sequence}`;
  return { table: 'ledger.groups', key, expected: 'a business day of the books', found: group.businessDate };
}
