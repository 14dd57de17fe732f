import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { findDrift } from '#testing/drift.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { type Till, tillBefore } from '#testing/till.ts';
import { cardRef, loadTown } from '#testing/town.ts';
import { expireHolds, sweepMax } from './expire-holds.ts';

const cardCount = 260;
let house: TestTown;
let till: Till;

beforeAll(async () => {
  house = await openTestTown({ merchants: 1, cards: cardCount });
  const clearing = await house.open();
  await loadTown(clearing, { cards: cardCount, amountFen: 10_000n });
  till = tillBefore(clearing);
});
afterAll(() => house?.close());

async function hold(card: number, amountFen: number): Promise<bigint> {
  const placed = await till({ card: cardRef(card), kind: 'authorise', amountFen: fen(amountFen) });
  if (placed.refusal !== null) throw new Error(placed.refusal);
  return placed.id;
}
/** Lets holds end so many milliseconds ago, or from now. */
const endAt = (ids: readonly bigint[], fromNowMs: number) =>
  house.owner.query(
    `update ledger.holds set expires_at = clock_timestamp() + $2 * interval '1 ms' where entry_id = any($1)`,
    [ids, fromNowMs],
  );
async function states(ids: readonly bigint[]): Promise<number[]> {
  const { rows } = await house.pool.query(
    'select state from ledger.holds where entry_id = any($1) order by entry_id',
    [ids],
  );
  return rows.map((row) => row.state);
}
const heldFen = async (card: number) => {
  const id = cardRef(card).cardAccountId * 16n + 2n;
  return (await house.pool.query('select held_fen from ledger.accounts where id = $1', [id])).rows[0]
    .held_fen;
};
const inOrder = async () => expect(await findDrift(house.pool)).toEqual([]);

describe('the sweep', () => {
  test('releases exactly what is due, to the part that was not captured', async () => {
    const ids = [await hold(0, 100), await hold(0, 200), await hold(0, 400), await hold(1, 800)];
    const [first = 0n, second = 0n, third = 0n, other = 0n] = ids;
    const original = { id: first, businessKey: null };
    await till({ card: cardRef(0), kind: 'capture', amountFen: fen(30), original });
    await endAt([first, third], -1);
    await endAt([second, other], 60_000);
    expect(await expireHolds(house.pool)).toBe(1);
    expect(await states(ids)).toEqual([4, 1, 4, 1]);
    expect([await heldFen(0), await heldFen(1)]).toEqual([200n, 800n]);
    await inOrder();
  });

  test('leaves a hold that ends a moment later, and takes it then', async () => {
    const id = await hold(2, 50);
    await endAt([id], 2_000);
    expect(await expireHolds(house.pool)).toBe(0);
    expect(await states([id])).toEqual([1]);
    await sleep(2_050);
    expect(await expireHolds(house.pool)).toBe(1);
    expect([await states([id]), await heldFen(2)]).toEqual([[4], 0n]);
  });

  test('done again does nothing', async () => {
    const before = await house.pool.query('select * from ledger.holds order by entry_id');
    expect(await expireHolds(house.pool)).toBe(0);
    expect((await house.pool.query('select * from ledger.holds order by entry_id')).rows).toEqual(
      before.rows,
    );
  });

  test('done by several at once, while payments go on, releases each hold once', async () => {
    const cards = Array.from({ length: 40 }, (_, i) => i + 10);
    const ids = await Promise.all(cards.flatMap((card) => [hold(card, 100), hold(card, 50)]));
    await endAt(ids, -1);
    const pays = cards.map((card) => till({ card: cardRef(card), amountFen: fen(10_000) }));
    const [answers] = await Promise.all([
      Promise.all(pays),
      ...Array.from({ length: 4 }, () => expireHolds(house.pool)),
    ]);
    await expireHolds(house.pool);
    // The whole purse was free again for whoever asked, sweeper or not.
    expect(answers.filter((answer) => answer.status === 'decided' && answer.refusal === null)).toHaveLength(
      40,
    );
    expect(new Set(await states(ids))).toEqual(new Set([4]));
    for (const card of cards) expect(await heldFen(card)).toBe(0n);
    await inOrder();
  });

  test(`takes ${sweepMax} purses at a time: a backlog is worked off in rounds`, async () => {
    const ids = await Promise.all(Array.from({ length: cardCount - 50 }, (_, i) => hold(i + 50, 10)));
    await endAt(ids, -1);
    expect(await expireHolds(house.pool)).toBe(sweepMax);
    expect(await expireHolds(house.pool)).toBe(cardCount - 50 - sweepMax);
    expect(await expireHolds(house.pool)).toBe(0);
    await inOrder();
  });
});
