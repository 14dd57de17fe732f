import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { setQueryPasswords } from '#access/query-password.ts';
import { systemActor } from '#audit/rules/event.ts';
import { openLog } from '#platform/log.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { type Got, payment } from '#testing/http/http-calls.ts';
import { type HttpTown, openHttpTown } from '#testing/http/http-town.ts';
import { cardNumber, cardRef } from '#testing/town.ts';

/** A database that goes while it is used: the calls that meet it are told to ask again, on every path. */

let database: TestDatabase;
let house: HttpTown;
const lines: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const log = openLog('warn', { write: (line: string) => lines.push(line) });
  house = await openHttpTown(database.url, { requestTimeoutMs: 2_000, log });
  const given = [{ ...cardRef(0), password: '246813', mustChange: false }];
  expect(await setQueryPasswords(house.parts.signIns, given, systemActor)).toBeNull();
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});
beforeEach(() => {
  lines.length = 0;
});

const endOthers = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`;
const run = (text: string) => house.owner.run({ name: '', text });
const signIn = () => house.send('/v1/holder-sign-ins', { cardNumber: cardNumber(0), password: '246813' });

test('a server that has become a standby in the middle: reads go on, what writes is told to come again', async () => {
  const call = { key: 'during-a-switchover' };
  const body = payment();
  await run(
    `alter database ${new URL(database.url).pathname.slice(1)} set default_transaction_read_only = on`,
  );
  await run(endOthers);
  try {
    expectProblem(await signIn(), 'outcome-unknown');
    expectProblem(
      await house.tell('/v1/sign-in-locks/release', { cardNumber: cardNumber(0) }),
      'outcome-unknown',
    );
    expectProblem(await house.post('/v1/transactions', body, call), 'outcome-unknown');
  } finally {
    await run('set default_transaction_read_only = off');
    await run(
      `alter database ${new URL(database.url).pathname.slice(1)} reset default_transaction_read_only`,
    );
    await run(endOthers);
  }
  await expect.poll(async () => (await signIn()).status).toBe(200);
  expect((await house.post('/v1/transactions', body, call)).status).toBe(200);
  expect(lines.filter((line) => line.includes('"stack"'))).toEqual([]);
});

test('sessions that are ended again and again: no call of any kind is answered with a fault', async () => {
  const codes = new Set<string>();
  const note = ({ status, json }: Got) => codes.add(status === 200 ? 'ok' : json.code);
  const until = performance.now() + 1_500;
  const killing = (async () => {
    while (performance.now() < until) await run(endOthers);
  })();
  const callers = [
    () => house.read('/v1/card-accounts/1000000/balances'),
    () => house.read('/v1/audit-events'),
    () => house.read('/v1/webhook-endpoints'),
    () => signIn(),
    () => house.post('/v1/transactions', payment()),
    () => house.post('/v1/card-inquiries', { cardNumber: cardNumber(1) }, { key: null }),
  ];
  await Promise.all([
    killing,
    ...callers.map(async (ask) => {
      while (performance.now() < until) note(await ask());
    }),
  ]);
  expect(codes).toContain('ok');
  expect(codes).not.toContain('fault');
});
