import { describe, expect, test } from 'vitest';
import { outcomeColumns } from '#idempotency/rules/outcome-rows.ts';
import { genesisHash, groupHash } from '#ledger/rules/chain.ts';
import { entryColumns, postingColumns } from '#ledger/rules/rows.ts';
import { firstIdOfGroup } from '#platform/ids.ts';
import { type ChainGroup, checkGroup } from './group-check.ts';
import type { GroupRows } from './group-rows.ts';

const businessDate = '2026-11-22';
const firstId = firstIdOfGroup(3, Date.UTC(2026, 10, 22), 0n);

function outcome(id: bigint, refusal: string | null) {
  return {
    id,
    bucket: 182,
    callerKey: null,
    businessKey: '01009896-8126-8100-0001-000001000000',
    kind: 1,
    sector: 1,
    cardId: 1_000_000n,
    amountFen: 100n,
    originalId: null,
    localTime: '2026-11-22 08:00:00',
    detail: 'line="B1"',
    refusal,
    businessDate,
  };
}

const entry = (id: bigint) => ({
  ownerId: 1_000_000n,
  id,
  originalId: null,
  participantId: 1,
  terminalId: 10_000_001,
  bucket: 182,
  kind: 1,
  sector: 1,
  hasDetail: null,
  businessDate,
});
const leg = (entryId: bigint, accountId: bigint, amountFen: bigint) => ({
  bucket: 182,
  entryId,
  accountId,
  amountFen,
  balanceFen: accountId > 1_000_000n ? 900n : null,
  businessDate,
});

/** An approved payment and a decline. */
const rows: GroupRows = {
  outcomes: [outcome(firstId, null), outcome(firstId + 1n, 'card-lost')],
  entries: [entry(firstId)],
  postings: [leg(firstId, 24n, 100n), leg(firstId, 16_000_002n, -100n)],
};

const before: ChainGroup = {
  lane: 3,
  sequence: 6n,
  firstId: firstId - (1n << 22n),
  outcomeCount: 5,
  businessDate,
  hash: Buffer.alloc(32, 9),
};

function grouped(over: Partial<ChainGroup> = {}, previous = before.hash): ChainGroup {
  const facts = { lane: 3, sequence: 7n, firstId, outcomeCount: 2, businessDate, ...over };
  const hash = groupHash(previous, facts, {
    outcomes: outcomeColumns(rows.outcomes),
    entries: entryColumns(rows.entries),
    postings: postingColumns(rows.postings),
  });
  return { hash, ...facts };
}

describe('a group', () => {
  test('is right when it follows the one before and is what its hash was taken over', () => {
    expect(checkGroup(grouped(), rows, before)).toBeNull();
  });

  test('begins a lane with number 1 and no hash before it', () => {
    expect(checkGroup(grouped({ sequence: 1n }, genesisHash), rows, undefined)).toBeNull();
    expect(checkGroup(grouped({}, genesisHash), rows, undefined)).toMatchObject({ table: 'ledger.groups' });
  });

  test.each<[string, readonly [group: ChainGroup, before: ChainGroup], object]>([
    ['a gap before it', [grouped({ sequence: 8n }), before], { expected: 'sequence 7 next in the lane' }],
    ['ids of another lane', [grouped({ lane: 4 }), { ...before, lane: 4 }], { found: 'ids of lane 3' }],
    [
      'ids of the group before',
      [grouped(), { ...before, firstId, outcomeCount: 1 }],
      { found: `ids from ${firstId} on` },
    ],
    [
      'a day before',
      [grouped(), { ...before, businessDate: '2026-11-23' }],
      { found: 'business day 2026-11-22' },
    ],
  ])('is wrong with %s', (_, [group, previous], finding) => {
    const found = checkGroup(group, rows, previous);
    expect(found).toMatchObject({ table: 'ledger.groups', ...finding });
    expect(found).not.toHaveProperty('coarse');
  });

  test.each<[string, ChainGroup, GroupRows]>([
    ['another hash', { ...grouped(), hash: Buffer.alloc(32) }, rows],
    ['another hash before it', grouped({}, Buffer.alloc(32)), rows],
    [
      'a changed refusal',
      grouped(),
      { ...rows, outcomes: [rows.outcomes[0] as never, outcome(firstId + 1n, 'x')] },
    ],
    ['a changed participant', grouped(), { ...rows, entries: [{ ...entry(firstId), participantId: 2 }] }],
  ])('is named, coarsely, with %s: only the hash tells', (_, group, changed) => {
    const key = `lane 3, sequence 7, ids ${firstId} to ${firstId + 1n}`;
    expect(checkGroup(group, changed, before)).toMatchObject({ table: 'ledger.groups', key, coarse: true });
  });

  test.each<[string, GroupRows['outcomes'], object]>([
    ['one is missing', rows.outcomes.slice(1), { key: `id ${firstId}`, found: 'no row' }],
    ['the last is missing', rows.outcomes.slice(0, 1), { key: `id ${firstId + 1n}`, found: 'no row' }],
    [
      'one is there twice',
      [outcome(firstId, null), ...rows.outcomes],
      { key: `id ${firstId}`, found: 'one too many' },
    ],
    [
      'one is of another day',
      [{ ...outcome(firstId, null), businessDate: '2026-11-21' }, outcome(firstId + 1n, 'card-lost')],
      { key: `id ${firstId}`, expected: 'business day 2026-11-22', found: 'business day 2026-11-21' },
    ],
  ])('names the outcome when %s', (_, outcomes, finding) => {
    const found = checkGroup(grouped(), { ...rows, outcomes }, before);
    expect(found).toMatchObject({ table: 'idempotency.outcomes', ...finding });
  });
});
