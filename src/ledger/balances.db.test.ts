import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { sessionOf } from '#platform/postgres.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { type Outcome, type Till, tillBefore } from '#testing/till.ts';
import { cardRef, loadTown } from '#testing/town.ts';
import { readBalances } from './balances.ts';

let house: TestTown;
let till: Till;
/** The time that is decided by, where a test says it. */
let frozenMs: number | null = null;
/** How long an authorisation holds money. */
const holdLifeMs = 7 * 86_400_000;

beforeAll(async () => {
  house = await openTestTown({ merchants: 1, cards: 4 });
  const clearing = await house.open({ clock: (nowMs) => frozenMs ?? nowMs });
  await loadTown(clearing, { cards: 4, amountFen: 1_000n });
  till = tillBefore(clearing);
});
afterAll(() => house?.close());

const clear = (card: number, over: Parameters<Till>[0]) => till({ card: cardRef(card), ...over });
const hold = (card: number, amountFen: number) =>
  clear(card, { kind: 'authorise', amountFen: fen(amountFen) });
const onHold = (kind: 'capture' | 'void', of: Outcome, over: Parameters<Till>[0] = {}) =>
  clear(Number(of.cardAccountId - cardRef(0).cardAccountId), {
    kind,
    original: { id: of.id, businessKey: null },
    ...(kind === 'void' ? { amountFen: null } : {}),
    ...over,
  });
const online = async (card: number) => {
  const balances = await readBalances(sessionOf(house.pool), cardRef(card).cardAccountId);
  const found = balances.find((balance) => balance.purse === 'online');
  return [found?.postedFen, found?.heldFen, found?.availableFen];
};

describe('a balance', () => {
  test('is posted, held and available, step by step through the life of a hold', async () => {
    expect(await online(0)).toEqual([1_000n, 0n, 1_000n]);
    const placed = await hold(0, 600);
    expect(await online(0)).toEqual([1_000n, 600n, 400n]);
    await onHold('capture', placed, { amountFen: fen(250) });
    expect(await online(0)).toEqual([750n, 350n, 400n]);
    expect((await clear(0, { amountFen: fen(401) })).refusal).toBe('insufficient-funds');
    expect((await clear(0, { amountFen: fen(400) })).refusal).toBeNull();
    expect(await online(0)).toEqual([350n, 350n, 0n]);
    await onHold('void', placed);
    expect(await online(0)).toEqual([350n, 0n, 350n]);
  });

  test('counts a hold up to its last moment, and not after it, before any sweeper comes', async () => {
    const placed = await hold(1, 700);
    await hold(1, 100);
    const soon = `update ledger.holds set expires_at = clock_timestamp() + interval '2 s' where entry_id = $1`;
    await house.owner.query(soon, [placed.id]);
    expect(await online(1)).toEqual([1_000n, 800n, 200n]);
    await sleep(300);
    expect(await online(1)).toEqual([1_000n, 800n, 200n]);
    await sleep(1_800);
    expect(await online(1)).toEqual([1_000n, 100n, 900n]);
    const { rows } = await house.pool.query('select state from ledger.holds where entry_id = $1', [
      placed.id,
    ]);
    expect(rows).toEqual([{ state: 1 }]);
  });

  test('and what a group decides by are the same to the millisecond: a hold ends at its expiry', async () => {
    frozenMs = Date.now();
    const placed = await hold(2, 900);
    const { rows } = await house.pool.query(
      'select (extract(epoch from expires_at) * 1000)::bigint as ms from ledger.holds where entry_id = $1',
      [placed.id],
    );
    expect(rows).toEqual([{ ms: BigInt(frozenMs + holdLifeMs) }]);
    frozenMs += holdLifeMs - 1;
    expect((await clear(2, { amountFen: fen(101) })).refusal).toBe('insufficient-funds');
    expect((await onHold('capture', placed, { amountFen: fen(1) })).refusal).toBeNull();
    frozenMs += 1;
    expect((await onHold('capture', placed, { amountFen: fen(1) })).refusal).toBe('hold-not-open');
    expect((await onHold('void', placed)).refusal).toBe('hold-not-open');
    expect((await clear(2, { amountFen: fen(999) })).refusal).toBeNull();
    frozenMs = null;
    expect(await online(2)).toEqual([0n, 0n, 0n]);
  });

  test('of somebody without purses is empty', async () => {
    expect(await readBalances(sessionOf(house.pool), 55_555_555n)).toEqual([]);
  });

  test('of a participant shows none of its accounts: they are no purses', async () => {
    expect(await readBalances(sessionOf(house.pool), 1n)).toEqual([]);
  });
});
