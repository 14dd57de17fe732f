import { describe, expect, test } from 'vitest';
import { outcomeColumns } from '#idempotency/rules/outcome-rows.ts';
import { genesisHash, groupHash } from '#ledger/rules/chain.ts';
import type { ChainGroup } from '#settlement/rules/group-check.ts';
import type { GroupRows } from '#settlement/rules/group-rows.ts';
import { checkPage, lastIdOf, pageOf } from './chain-page.ts';

const businessDate = '2026-11-22';
const idAt = (tick: number, lane: number) => (BigInt(tick) << 22n) | (BigInt(lane) << 14n);

/** A declined request: an outcome and nothing else. */
const declined = (id: bigint): GroupRows['outcomes'][number] => ({
  id,
  bucket: 5,
  callerKey: null,
  businessKey: '00000000-0000-0000-0000-000000000001' as never,
  kind: 1,
  sector: 1,
  cardId: 7n,
  amountFen: 100n,
  originalId: null,
  localTime: '2026-11-22 08:00:00',
  refusal: 'card-lost',
  detail: null,
  businessDate,
});

/** Two lanes with so many groups of two declines each, in turns. */
function chains(groupsEach: number): { groups: ChainGroup[]; rows: GroupRows } {
  const groups: ChainGroup[] = [];
  const outcomes: GroupRows['outcomes'][number][] = [];
  const hashes = [genesisHash, genesisHash];
  for (let tick = 1; tick <= groupsEach; tick++) {
    for (const lane of [0, 1]) {
      const firstId = idAt(tick, lane);
      const own = [declined(firstId), declined(firstId + 1n)];
      const facts = { lane, sequence: BigInt(tick), firstId, outcomeCount: 2, businessDate };
      const columns = { outcomes: outcomeColumns(own), entries: [], postings: [] };
      const hash = groupHash(hashes[lane] as Buffer, facts, withEmpty(columns));
      hashes[lane] = hash;
      groups.push({ ...facts, hash });
      outcomes.push(...own);
    }
  }
  return { groups, rows: { outcomes, entries: [], postings: [] } };
}

/** No rows are as many empty columns as the tables have. */
function withEmpty(columns: { outcomes: string[] }) {
  return {
    outcomes: columns.outcomes,
    entries: Array.from({ length: 8 }, () => '{}'),
    postings: Array.from({ length: 5 }, () => '{}'),
  };
}

const begin = new Map([
  [0, null],
  [1, null],
]);

describe('a page', () => {
  const { groups } = chains(5);

  test('takes groups in the order of their ids, as many as have so many outcomes, and one at least', () => {
    const sizeOf = (outcomesMax: number) => pageOf(groups, { perLane: 100, outcomesMax }).length;
    expect([1, 2, 3, 4, 7, 100].map(sizeOf)).toEqual([1, 1, 1, 2, 3, 10]);
    expect(pageOf([], { perLane: 1, outcomesMax: 1 })).toEqual([]);
  });

  test('takes nothing after the last group of a lane that may have more', () => {
    // Of lane 0 the first two came, of lane 1 all.
    const some = groups.filter(({ lane, sequence }) => lane === 1 || sequence <= 2n);
    const page = pageOf(some, { perLane: 2, outcomesMax: 100 });
    expect(page.map(({ lane, sequence }) => `${lane}.${sequence}`)).toEqual(['0.1', '1.1', '0.2']);
  });
});

describe('recomputing a page', () => {
  test('finds every group right and says where the lanes stand', () => {
    const { groups, rows } = chains(3);
    const { places, wrong } = checkPage(groups, rows, begin);
    expect(wrong.size).toBe(0);
    expect([...places.values()].map((place) => place?.sequence)).toEqual([3n, 3n]);
  });

  test('passes over rows of groups that are not in the page', () => {
    const { groups, rows } = chains(3);
    const ofLane1 = groups.filter(({ lane }) => lane === 1);
    expect(checkPage(ofLane1, rows, begin).wrong.size).toBe(0);
  });

  test('stops a lane at its first wrong group, and goes on with the other', () => {
    const { groups, rows } = chains(4);
    const outcomes = rows.outcomes.map((row) =>
      row.id === idAt(2, 1) ? { ...row, refusal: 'insufficient-funds' } : row,
    );
    const { places, wrong } = checkPage(groups, { ...rows, outcomes }, begin);
    expect([...wrong.keys()]).toEqual([1]);
    expect(wrong.get(1)).toMatchObject({ table: 'ledger.groups', coarse: true });
    expect([...places.values()].map((place) => place?.sequence)).toEqual([4n, 1n]);
  });

  test('holds a group against the one that its lane stands at', () => {
    const { groups, rows } = chains(2);
    const second = groups.filter(({ sequence }) => sequence === 2n);
    expect(checkPage(second, rows, begin).wrong.size).toBe(2);
    const after = new Map(groups.slice(0, 2).map((group) => [group.lane, group]));
    expect(checkPage(second, rows, after).wrong.size).toBe(0);
  });
});

test("a group's last id is that of its last outcome", () => {
  expect(lastIdOf({ firstId: 10n, outcomeCount: 3 })).toBe(12n);
});
