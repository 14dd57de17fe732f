import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionOf } from '#platform/postgres.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { loadTown, merchantTerminal, town, townRequest } from '#testing/town.ts';
import { findByTrace } from './find-by-trace.ts';

let house: TestTown;
const ids: bigint[] = [];

beforeAll(async () => {
  house = await openTestTown({ merchants: 1, cards: 1 });
  const clearing = await house.open();
  await loadTown(clearing, { cards: 1, amountFen: 10_000n });
  for (const localDate of [town.firstDay, '2026-11-23']) {
    const answer = await clearing.submit({ request: townRequest(7, { localDate }), isRepeat: false });
    if (answer.status === 'decided') ids.push(answer.id);
  }
});
afterAll(() => house?.close());

describe('an earlier transaction of a terminal', () => {
  const trace = { terminalId: merchantTerminal(1), batchNumber: 1, traceNumber: 7 };
  const find = async (...localDates: (string | null)[]) =>
    (await findByTrace(sessionOf(house.pool), { ...trace, localDates })).map(({ id }) => id);

  test('is found under the date that it was given, and else under the day on which its batch was opened', async () => {
    expect(await find('2026-11-23', town.firstDay)).toEqual([ids[1]]);
    expect(await find('2026-11-24', town.firstDay)).toEqual([ids[0]]);
    expect(await find(null, town.firstDay)).toEqual([ids[0]]);
  });

  test('is not found under another date, or none', async () => {
    expect(await find('2026-11-24')).toEqual([]);
    expect(await find(null, null)).toEqual([]);
  });

  test('comes with what it moved', async () => {
    const [found] = await findByTrace(sessionOf(house.pool), { ...trace, localDates: [town.firstDay] });
    expect(found).toMatchObject({ refusal: null, amountFen: 100n });
    expect(found?.legs).toHaveLength(2);
  });
});
