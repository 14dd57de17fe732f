import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { sessionOf } from '#platform/postgres.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { rideWithTwoPurses, type Till, tillBefore } from '#testing/till.ts';
import { cardRef, loadTown, merchantTerminal, town } from '#testing/town.ts';
import { findHistoryEntries, type HistoryEntry, historyPageMax, readHistory } from './history.ts';

let house: TestTown;
let till: Till;

beforeAll(async () => {
  house = await openTestTown({ merchants: 2, cards: 3 });
  const [one, other] = [await house.open(), await house.open()];
  till = tillBefore(one, other);
  await loadTown(one, { cards: 3, amountFen: 1_000_000n });
  await loadTown(one, { cards: 3, amountFen: 300n, purse: 'e-purse' });
});
afterAll(() => house?.close());

async function pay(card: number, over: Parameters<Till>[0] = {}) {
  const paid = await till({ card: cardRef(card), amountFen: fen(1), ...over });
  if (paid.refusal !== null) throw new Error(paid.refusal);
  return paid;
}
const rideWith = (ePurseFen: bigint) => rideWithTwoPurses({ owner: house.owner, till }, 2, ePurseFen);
const page = (card: number, before: bigint | null, limit: number) =>
  readHistory(sessionOf(house.pool), cardRef(card).cardAccountId, { before, limit });

async function allPages(
  card: number,
  limit: number,
  between: () => Promise<unknown>,
): Promise<HistoryEntry[]> {
  const all: HistoryEntry[] = [];
  for (let before: bigint | null = null; ; ) {
    const entries: HistoryEntry[] = await page(card, before, limit);
    all.push(...entries);
    if (entries.length < limit) return all;
    before = entries.at(-1)?.id ?? null;
    await between();
  }
}
async function journal(card: number): Promise<bigint[]> {
  const { rows } = await house.pool.query(
    'select id from ledger.entries where owner_id = $1 order by id desc',
    [cardRef(card).cardAccountId],
  );
  return rows.map((row) => row.id);
}

describe('a history', () => {
  test.each([1, 2, 7, 100])(
    'read in pages of %i is complete and says nothing twice, while two instances go on posting',
    async (limit) => {
      for (let i = 0; i < 8; i++) await Promise.all([pay(0), pay(0), pay(0)]);
      const atStart = await journal(0);
      const found = await allPages(0, limit, () => Promise.all([pay(0), pay(0)]));
      expect(found.map((entry) => entry.id)).toEqual(atStart);
    },
  );

  test('is the newest first, also of what is posted at the same moment on two lanes', async () => {
    await Promise.all(Array.from({ length: 40 }, () => pay(1)));
    const entries = await page(1, null, historyPageMax);
    const ids = entries.map((entry) => entry.id);
    expect(ids).toEqual([...ids].sort((a, b) => (a < b ? 1 : -1)));
    // The balance after each entry is the one before it plus its amount: the order of ids is the order of money.
    const legs = entries
      .flatMap((entry) => entry.legs)
      .filter((leg) => leg.accountId === cardRef(1).cardAccountId * 16n + 2n);
    for (const [i, leg] of legs.slice(0, -1).entries()) {
      expect(leg.balanceFen).toBe((legs[i + 1]?.balanceFen ?? 0n) + leg.amountFen);
    }
  });

  test("shows only its owner's entries", async () => {
    const before = await page(2, null, 100);
    await pay(0);
    expect(await page(2, null, 100)).toEqual(before);
  });

  test('shows who, where, when and which purses', async () => {
    const paid = await pay(2, { amountFen: fen(25), terminalId: merchantTerminal(2) });
    expect((await page(2, null, 1))[0]).toEqual({
      id: paid.id,
      originalId: null,
      detail: null,
      businessDate: town.firstDay,
      participantId: 2,
      terminalId: merchantTerminal(2),
      kind: 1,
      sector: 1,
      legs: [{ accountId: cardRef(2).cardAccountId * 16n + 2n, amountFen: -25n, balanceFen: 999_975n }],
      hold: null,
    });
  });

  test('shows a fare that two purses paid as one entry with two legs', async () => {
    const paid = await rideWith(150n);
    const [entry] = await page(2, null, 1);
    expect(entry?.id).toBe(paid.id);
    expect(entry?.legs.map((leg) => leg.amountFen)).toEqual([-150n, -50n]);
  });

  test('whose entries have two legs each is read in pages that end anywhere', async () => {
    for (let i = 0; i < 9; i++) await rideWith(50n);
    for (const limit of [2, 3, 7, 100]) {
      const entries = await allPages(2, limit, async () => undefined);
      expect(entries.map(({ id }) => id)).toEqual(await journal(2));
      expect(entries.slice(0, 9).map(({ legs }) => legs.length)).toEqual(Array(9).fill(2));
    }
  });

  test('shows the detail of an entry, also of one from before entries said that they have one', async () => {
    const line = async () => {
      const [ride, payment] = await page(2, null, 2);
      return [ride?.detail?.split(';')[0], payment?.detail];
    };
    await pay(2);
    const ride = await rideWith(50n);
    expect(await line()).toEqual(['line=5', null]);
    const { rows } = await house.pool.query(
      'select has_detail from ledger.entries where owner_id = $1 order by id desc limit 2',
      [cardRef(2).cardAccountId],
    );
    expect(rows).toEqual([{ has_detail: true }, { has_detail: false }]);
    const change = async (value: string) => {
      const owner = await house.owner.connect();
      await owner.query('begin');
      await owner.query('set local session_replication_role = replica');
      await owner.query(`update ledger.entries set has_detail = ${value} where owner_id = $1`, [
        cardRef(2).cardAccountId,
      ]);
      await owner.query('commit');
      owner.release();
    };
    await change('null');
    expect(await line()).toEqual(['line=5', null]);
    const found = await findHistoryEntries(sessionOf(house.pool), cardRef(2).cardAccountId, [
      ride.id as bigint,
    ]);
    expect(found.get(ride.id as bigint)?.detail).toMatch(/^line=5/);
    // What the column says is what is gone by: a wrong one is for verify to find.
    await change('false');
    expect(await line()).toEqual([undefined, null]);
  });

  test('shows what an authorisation holds and how much of it was captured', async () => {
    const held = await pay(2, { kind: 'authorise', amountFen: fen(500) });
    await pay(2, { kind: 'capture', amountFen: fen(120), original: { id: held.id, businessKey: null } });
    const [capture, authorisation] = await page(2, null, 2);
    expect(capture).toMatchObject({ originalId: held.id, hold: null });
    expect(authorisation).toMatchObject({
      id: held.id,
      legs: [],
      hold: { amountFen: 500n, capturedFen: 120n, isOpen: true },
    });
    await pay(2, { kind: 'void', amountFen: null, original: { id: held.id, businessKey: null } });
    expect((await page(2, null, 3))[2]?.hold).toMatchObject({ capturedFen: 120n, isOpen: false });
    expect(authorisation?.hold?.expiresAtMs).toBeGreaterThan(Date.now() + 6 * 86_400_000);
  });

  test('is empty before its first entry, and for somebody who is not there', async () => {
    const oldest = (await journal(2)).at(-1) as bigint;
    expect(await page(2, oldest, 10)).toEqual([]);
    expect(await readHistory(sessionOf(house.pool), 77_777_777n, { before: null, limit: 10 })).toEqual([]);
  });

  test.each([0, -1, historyPageMax + 2])('of %i entries a page is a fault of the caller', async (limit) => {
    await expect(page(0, null, limit)).rejects.toThrow(RangeError);
  });
});

describe('single entries', () => {
  const find = (card: number, ids: readonly bigint[]) =>
    findHistoryEntries(sessionOf(house.pool), cardRef(card).cardAccountId, ids);

  test('say what the history says of them', async () => {
    const ids = [await pay(1), await pay(1)].map((paid) => paid.id as bigint);
    const found = await find(1, [...ids, ids[0] as bigint]);
    expect([...found.values()]).toEqual(await page(1, null, 2));
  });

  test('of another holder are not there, and an id that nothing has is not either', async () => {
    const paid = await pay(0);
    expect(await find(1, [paid.id as bigint, 77n])).toEqual(new Map());
    expect(await find(1, [])).toEqual(new Map());
  });

  test('are found only so many at once', async () => {
    const many = Array.from({ length: 513 }, (_, i) => BigInt(i + 1));
    await expect(find(1, many)).rejects.toThrow(RangeError);
  });
});
