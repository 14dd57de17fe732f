import { outcomeColumns } from '#idempotency/rules/outcome-rows.ts';
import { type GroupFacts, genesisHash, groupHash } from '#ledger/rules/chain.ts';
import { entryColumns, postingColumns } from '#ledger/rules/rows.ts';
import { idLane } from '#platform/ids.ts';
import { checkEntries } from './entry-check.ts';
import type { Finding, GroupRows } from './group-rows.ts';

export interface ChainGroup extends GroupFacts {
  readonly hash: Buffer;
}

/**
 * Whether a group follows the one before it in its lane, is whole, and is what its hash was taken over. Gives
 * the first row that is wrong; where only the hash tells, it is the group that is named.
 */
export function checkGroup(
  group: ChainGroup,
  rows: GroupRows,
  before: ChainGroup | undefined,
): Finding | null {
  return (
    checkPlace(group, before) ??
    checkOutcomes(group, rows) ??
    checkEntries(rows) ??
    checkHash(group, rows, before)
  );
}

function checkPlace(group: ChainGroup, before: ChainGroup | undefined): Finding | null {
  const sequence = (before?.sequence ?? 0n) + 1n;
  if (group.sequence !== sequence)
    return wrongGroup(group, `sequence ${sequence} next in the lane`, `sequence ${group.sequence}`);
  const lane = idLane(group.firstId);
  if (lane !== group.lane) return wrongGroup(group, `ids of lane ${group.lane}`, `ids of lane ${lane}`);
  if (before === undefined) return null;
  const nextId = before.firstId + BigInt(before.outcomeCount);
  if (group.firstId < nextId)
    return wrongGroup(group, `ids from ${nextId} on`, `ids from ${group.firstId} on`);
  if (group.businessDate < before.businessDate)
    return wrongGroup(
      group,
      `business day ${before.businessDate} or later`,
      `business day ${group.businessDate}`,
    );
  return null;
}

function checkOutcomes(group: ChainGroup, { outcomes }: GroupRows): Finding | null {
  const table = 'idempotency.outcomes';
  for (let i = 0; i < Math.max(group.outcomeCount, outcomes.length); i++) {
    const id = group.firstId + BigInt(i);
    const outcome = outcomes[i];
    if (outcome === undefined || outcome.id > id)
      return { table, key: `id ${id}`, expected: 'an outcome', found: 'no row' };
    if (outcome.id < id)
      return { table, key: `id ${outcome.id}`, expected: 'one outcome of its group', found: 'one too many' };
    if (outcome.businessDate !== group.businessDate) {
      const [expected, found] = [group.businessDate, outcome.businessDate].map(
        (day) => `business day ${day}`,
      );
      return { table, key: `id ${id}`, expected: expected as string, found: found as string };
    }
  }
  return null;
}

function checkHash(group: ChainGroup, rows: GroupRows, before: ChainGroup | undefined): Finding | null {
  const hash = groupHash(before?.hash ?? genesisHash, group, {
    outcomes: outcomeColumns(rows.outcomes),
    entries: entryColumns(rows.entries),
    postings: postingColumns(rows.postings),
  });
  if (hash.equals(group.hash)) return null;
  const [expected, found] = [`hash ${hash.toString('hex')}`, `hash ${group.hash.toString('hex')}`];
  return { ...wrongGroup(group, expected, found), coarse: true };
}

function wrongGroup(group: ChainGroup, expected: string, found: string): Finding {
  const lastId = group.firstId + BigInt(group.outcomeCount) - 1n;
  const key = `lane ${group.lane}, sequence ${group.sequence}, ids ${group.firstId} to ${lastId}`;
  return { table: 'ledger.groups', key, expected, found };
}
