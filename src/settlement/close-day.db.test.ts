import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBusinessDay } from '#ledger/business-days.ts';
import { cutOff } from '#ledger/cut-off.ts';
import { nextDay } from '#platform/calendar.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { openInstance, playUntil } from '#testing/history/players.ts';
import { buildTown, loadTown } from '#testing/town.ts';
import { type ClosedDay, closeDay } from './close-day.ts';
import { readDay, readNets } from './day-report.ts';
import { finishClosedDays } from './seal-days.ts';
import { verify } from './verify.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(database.url, 6);
  const owner = openOwnerPool(database.url);
  await buildTown(sessionOf(owner), { merchants: 3, cards: 40 });
  await owner.end();
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function closed(businessDate: string, by = pool): Promise<ClosedDay> {
  const answer = await closeDay(by, businessDate);
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

async function openDate(): Promise<string> {
  return (await findBusinessDay(sessionOf(pool), 'current'))?.businessDate ?? 'none';
}

describe('closing a day', () => {
  test('while two instances post refuses nobody, and each transaction is in exactly one day', async () => {
    const instances = await Promise.all(
      [1, 2].map(() => openInstance({ url: database.url, pool, lanes: 2 })),
    );
    await loadTown(instances[0] as (typeof instances)[0], { cards: 40, amountFen: 1_000_000n });
    let closing = true;
    const played = instances.map((instance, i) =>
      playUntil(instance, { cards: 40, senders: 16, firstTrace: i * 500_000, isOver: () => !closing }),
    );
    const days: string[] = [];
    for (let i = 0; i < 12; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      days.push((await closed(await openDate())).businessDate);
      // The books are right at every moment, also between two groups of two instances.
      if (i === 6) expect(await verify(pool)).toMatchObject({ ok: true });
    }
    closing = false;
    const outcomes = (await Promise.all(played)).flat();
    await Promise.all(instances.map((instance) => instance.close()));

    expect(outcomes.filter((outcome) => outcome.refusal !== null)).toEqual([]);
    const answered = Map.groupBy(outcomes, (outcome) => outcome.businessDate);
    expect(answered.size).toBeGreaterThan(6);
    const nets = new Map<string, number>();
    for (const day of [...days, await openDate()]) {
      const report = await readNets(pool, day);
      expect(report?.sumFen).toBe(0n);
      nets.set(day, report?.nets.reduce((sum, net) => sum + net.creditCount, 0) ?? 0);
    }
    const answeredCounts = [...answered].map(([day, ofDay]) => [day, ofDay.length]);
    expect([...nets].filter(([, count]) => count > 0)).toEqual(answeredCounts.sort());
    expect(await verify(pool)).toMatchObject({ ok: true, counts: { closedDays: 12 } });
  });

  test('again gives the same day, marked as a replay', async () => {
    const businessDate = await openDate();
    const first = await closed(businessDate);
    expect(first).toMatchObject({ businessDate, replay: false, nextDate: nextDay(businessDate) });
    expect(first.sealHex).toMatch(/^[0-9a-f]{64}$/);
    expect(await closed(businessDate)).toEqual({ ...first, replay: true });
    expect(await openDate()).toBe(first.nextDate);
  });

  test('from several instances at once closes it once', async () => {
    const businessDate = await openDate();
    const pools = [1, 2, 3].map(() => openPool(database.url, 2));
    const answers = await Promise.all(pools.map((its) => closed(businessDate, its)));
    await Promise.all(pools.map((its) => its.end()));
    expect(answers.filter((answer) => !answer.replay)).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.sealHex)).size).toBe(1);
    expect(await openDate()).toBe(answers[0]?.nextDate);
  });

  test('that died after the cut-off is finished later, to the seal it would have had', async () => {
    const businessDate = await openDate();
    expect(await cutOff(pool, businessDate)).toBe('made');
    expect(await readDay(pool, businessDate)).toMatchObject({ state: 'closed', sealHex: null, sumFen: 0n });
    expect(await finishClosedDays(pool)).toEqual([businessDate]);
    expect(await finishClosedDays(pool)).toEqual([]);
    const sealed = await readDay(pool, businessDate);
    expect(await closed(businessDate)).toMatchObject({ replay: true, sealHex: sealed?.sealHex });
    expect(await verify(pool)).toMatchObject({ ok: true });
  });

  test('that died after several cut-offs seals them all, in their order', async () => {
    const first = await openDate();
    await cutOff(pool, first);
    const second = await openDate();
    await cutOff(pool, second);
    const finished = await Promise.all([finishClosedDays(pool), finishClosedDays(pool)]);
    expect([...new Set(finished.flat())].sort()).toEqual([first, second]);
    expect(await verify(pool)).toMatchObject({ ok: true });
  });

  test('that is no day of the books yet is refused and changes nothing', async () => {
    const businessDate = await openDate();
    expect(await closeDay(pool, nextDay(businessDate))).toBe('day-not-open-yet');
    expect(await closeDay(pool, '2026-11-01')).toBe('day-not-open-yet');
    expect(await openDate()).toBe(businessDate);
  });
});
