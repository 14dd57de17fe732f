import { join } from 'node:path';
import type { ArchivedDay } from '#ledger/partitions/archive/archive-day.ts';
import { sameSums } from '#ledger/partitions/archive/rules/day-file.ts';
import type { PoolClient } from '#platform/postgres.ts';
import { sessionOf } from '#platform/postgres.ts';
import { type ChainGroup, checkGroup } from '#settlement/rules/group-check.ts';
import type { Finding, GroupRows } from '#settlement/rules/group-rows.ts';
import { type Cursor, cursorsOn } from '#settlement/verify/cursor.ts';
import { groupCursor, outcomeCursor } from '#settlement/verify/journal.ts';
import { type FileCursors, openFileCursors, UnreadableFile } from './file-cursors.ts';
import { newTotals, type Totals } from './totals.ts';

export interface ArchiveOptions {
  readonly folder: string;
  readonly days: readonly ArchivedDay[];
  /** Told how many days are done. */
  readonly onProgress: (days: number) => void;
}

// In the order of the days first: around a cut-off the ids of two lanes need not be in that of the days.
const dayNumber = (businessDate: string) => BigInt(Date.parse(businessDate) / 86_400_000);
const placeOf = (businessDate: string, id: bigint) => (dayNumber(businessDate) << 64n) | id;
const ofArchived =
  'where business_date in (select business_date from ledger.archived_days) order by business_date,';

/**
 * Recomputes the archived days from their files, first day first: checksums, each group's hash over what the file has
 * of it, the totals of the day, and what each purse had come to. Gives the first row that is wrong. Running totals of
 * the purses are in memory; of the files, a page.
 */
export async function findWrongArchive(client: PoolClient, options: ArchiveOptions): Promise<Finding | null> {
  const open = cursorsOn(client);
  const groups = await open({
    ...groupCursor,
    name: 'archive_groups',
    text: groupCursor.text.replace('order by', ofArchived),
    id: (group) => placeOf(group.businessDate, group.firstId),
  });
  const outcomes = await open({
    ...outcomeCursor,
    name: 'archive_outcomes',
    text: outcomeCursor.text.replace('order by', ofArchived),
    id: (outcome) => placeOf(outcome.businessDate, outcome.id),
  });
  const walk = { groups, outcomes, lanes: new Map<number, ChainGroup>(), totals: newTotals() };
  options.onProgress(0);
  for (const [i, day] of options.days.entries()) {
    const wrong =
      (await walkDay(walk, day, options.folder)) ?? (await walk.totals.findWrongDay(sessionOf(client), day));
    if (wrong !== null) return wrong;
    options.onProgress(i + 1);
  }
  return walk.totals.findWrongBalance(sessionOf(client));
}

interface Walk {
  readonly groups: Cursor<ChainGroup>;
  readonly outcomes: Cursor<GroupRows['outcomes'][number]>;
  readonly lanes: Map<number, ChainGroup>;
  readonly totals: Totals;
}

async function walkDay(walk: Walk, day: ArchivedDay, folder: string): Promise<Finding | null> {
  const { businessDate, file } = day;
  try {
    const rows = openFileCursors(join(folder, file), businessDate);
    return (await walkGroups(walk, businessDate, rows)) ?? (await findLeft(rows)) ?? wrongFile(day, rows);
  } catch (error) {
    if (error instanceof UnreadableFile) return fileFinding(day, 'a file that can be read', error.message);
    throw error;
  }
}

async function walkGroups(walk: Walk, businessDate: string, file: FileCursors): Promise<Finding | null> {
  for (
    let group = await walk.groups.peek();
    group?.businessDate === businessDate;
    group = await walk.groups.peek()
  ) {
    await walk.groups.take();
    const lastId = group.firstId + BigInt(group.outcomeCount) - 1n;
    const rows: GroupRows = {
      outcomes: await walk.outcomes.takeThrough(placeOf(businessDate, lastId)),
      entries: await file.entries.takeThrough(lastId),
      postings: await file.postings.takeThrough(lastId),
    };
    const finding = checkGroup(group, rows, walk.lanes.get(group.lane));
    if (finding !== null) return finding;
    walk.lanes.set(group.lane, group);
    walk.totals.add(rows.postings);
  }
  return null;
}

/** A row of the file after the last group of its day. */
async function findLeft(file: FileCursors): Promise<Finding | null> {
  const [expected, found] = ['a group that it was written with', 'none'];
  const entry = await file.entries.peek();
  if (entry !== undefined) return { table: 'ledger.entries', key: `id ${entry.id}`, expected, found };
  const posting = await file.postings.peek();
  if (posting === undefined) return null;
  const key = `entry ${posting.entryId}, account ${posting.accountId}`;
  return { table: 'ledger.postings', key, expected, found };
}

function wrongFile(day: ArchivedDay, file: FileCursors): Finding | null {
  const read = file.read();
  if (read === null) return fileFinding(day, 'an end', 'none');
  if (!read.sha256.equals(day.sha256))
    return fileFinding(day, `sha256 ${day.sha256.toString('hex')}`, `sha256 ${read.sha256.toString('hex')}`);
  return sameSums(read.sums, day.sums) ? null : fileFinding(day, said(day.sums), said(read.sums));
}

const said = (sums: ArchivedDay['sums']) =>
  `${sums.entries} entries, ${sums.postings} postings, debits of ${sums.debitFen}, the last entry ${sums.lastEntryId}`;

function fileFinding({ businessDate, file }: ArchivedDay, expected: string, found: string): Finding {
  return { table: 'ledger.archived_days', key: `day ${businessDate}, ${file}`, expected, found };
}
