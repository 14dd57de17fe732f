import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutOff } from '#ledger/cut-off.ts';
import { archiveDays } from '#ledger/partitions/archive/archive-day.ts';
import { restoreDay } from '#ledger/partitions/archive/restore-day.ts';
import { openOwnerPool, type Pool } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { payment } from '#testing/http/http-calls.ts';
import { type HttpTown, openHttpTown } from '#testing/http/http-town.ts';
import { town } from '#testing/town.ts';

/** What callers are told of a business day that has left the books for a file. */

const folder = mkdtempSync(join(tmpdir(), 'one-card-archived-'));
let database: TestDatabase;
let house: HttpTown;
let owner: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = openOwnerPool(database.url);
  house = await openHttpTown(database.url);
});
afterAll(async () => {
  await house?.close();
  await owner?.end();
  await database?.drop();
  rmSync(folder, { recursive: true });
});

const baseMs = Date.now() - 60_000;
let ticks = 0;
/** A millisecond later each time, so that no two calls carry the same signature. */
const post = (path: string, body: unknown, key: string = crypto.randomUUID()) =>
  house.post(path, body, { key, timeMs: baseMs + ++ticks });

test('a repeat of what was approved on an archived day is told so, of all else it gets its first answer; nothing is given back', async () => {
  const asked = {
    paid: ['/v1/transactions', payment({ amount: 1_250 }), 'paid'],
    declined: ['/v1/transactions', payment({ amount: 9_000_000 }), 'declined'],
    held: ['/v1/holds', payment({ amount: 700 }), 'held'],
  } as const;
  const ask = (name: keyof typeof asked) => {
    const [path, body, key] = asked[name];
    return post(path, body, key);
  };
  const first = { paid: await ask('paid'), declined: await ask('declined'), held: await ask('held') };
  expect([first.paid.status, first.declined.status, first.held.status]).toEqual([200, 402, 200]);
  const { json: paid } = first.paid;

  await cutOff(house.parts.pool, town.firstDay);
  await archiveDays(owner, folder, [town.firstDay]);

  const again = await ask('paid');
  expectProblem(again, 'repeat-archived');
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.json).toMatchObject({ transactionId: paid.transactionId, businessDate: town.firstDay });
  for (const name of ['declined', 'held'] as const) {
    const repeated = await ask(name);
    expect([repeated.text, repeated.headers.get('idempotent-replayed')]).toEqual([first[name].text, 'true']);
  }
  expectProblem(await post('/v1/transactions', payment({ amount: 1 }), 'paid'), 'key-reused');

  const { batchNumber, traceNumber, localTime } = payment();
  const back = { amount: 100, currency: 'CNY', batchNumber, traceNumber, localTime };
  const refund = () => post(`/v1/transactions/${paid.transactionId}/refunds`, back, 'refund');
  const refused = await refund();
  expectProblem(refused, 'original-archived');
  // Decided and pinned, as any decline.
  expect((await refund()).text).toBe(refused.text);

  // Once the day is back, so is the first answer.
  await restoreDay(owner, folder, town.firstDay);
  const restored = await ask('paid');
  expect([restored.status, restored.text]).toEqual([200, first.paid.text]);
});
