import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { openInstance, openPlayer } from '#testing/history/players.ts';
import { buildTown, loadTown, merchantTerminal, town } from '#testing/town.ts';
import { closeDay } from './close-day.ts';
import { readDay, readNets } from './day-report.ts';

let database: TestDatabase;
let pool: Pool;

/** Two loads of 1000 fen; 100 fen at merchant 1 twice, at merchant 2 once; one decline. */
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(database.url, 3);
  const owner = openOwnerPool(database.url);
  await buildTown(sessionOf(owner), { merchants: 3, cards: 2 });
  await owner.end();
  const instance = await openInstance({ url: database.url, pool });
  await loadTown(instance, { cards: 2, amountFen: 1_000n });
  const { send } = openPlayer(instance, town.firstDay);
  for (const merchant of [1, 2, 1]) await send({ terminalId: merchantTerminal(merchant) });
  await send({ terminalId: 77_777_777 });
  await instance.close();
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

const nets = [
  { participantId: 1, name: '商户1', nameEn: 'Participant 1', netFen: 200n, creditFen: 200n, creditCount: 2 },
  { participantId: 2, name: '商户2', netFen: 100n, debitFen: 0n, debitCount: 0 },
  { participantId: town.bankId, netFen: -2_000n, debitFen: 2_000n, debitCount: 2, creditCount: 0 },
];

describe('the open day', () => {
  test('says what each kind of account moved, and sums to zero', async () => {
    const day = await readDay(pool, 'current');
    expect(day).toMatchObject({ businessDate: town.firstDay, state: 'open', closedAt: null, sealHex: null });
    expect(day?.sumFen).toBe(0n);
    expect(day?.totals).toMatchObject([
      { kind: 'e-purse', debitFen: 0n, creditFen: 0n },
      { kind: 'online', debitFen: 300n, creditFen: 2_000n, debitCount: 3, creditCount: 2 },
      { kind: 'medical' },
      { kind: 'subsidy' },
      { kind: 'farm-subsidy' },
      { kind: 'elder-care' },
      { kind: 'payable', debitFen: 0n, creditFen: 300n, creditCount: 3 },
      { kind: 'receivable', debitFen: 2_000n, creditFen: 0n, debitCount: 2 },
    ]);
  });

  test('nets each participant that took part as it stands now, and the purses prove it', async () => {
    const report = await readNets(pool, 'current');
    expect(report).toMatchObject({ businessDate: town.firstDay, state: 'open', nets });
    expect(report).toMatchObject({ netFen: -1_700n, purseFen: 1_700n, sumFen: 0n });
    expect(report?.nets).toHaveLength(3);
  });
});

describe('a day that was closed', () => {
  test('says the same, sealed; the day after begins with nothing', async () => {
    const open = await readNets(pool, town.firstDay);
    const closed = await closeDay(pool, town.firstDay);
    if (typeof closed === 'string') throw new Error(closed);
    expect(await readNets(pool, town.firstDay)).toEqual({ ...open, state: 'closed' });
    const { sealHex, closedAt } = closed;
    expect(await readDay(pool, town.firstDay)).toMatchObject({ state: 'closed', sealHex, closedAt });
    expect(await readNets(pool, 'current')).toMatchObject({
      businessDate: closed.nextDate,
      nets: [],
      sumFen: 0n,
    });
  });
});

test('a date that is no business day has no report', async () => {
  expect([await readDay(pool, '2031-01-01'), await readNets(pool, '2031-01-01')]).toEqual([null, null]);
});
