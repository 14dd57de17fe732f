import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerKey } from '#idempotency/rules/keys.ts';
import { fen } from '#money/fen.ts';
import { findDrift } from '#testing/drift.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { cardRef, loadTown, townRequest } from '#testing/town.ts';
import type { Clearing } from './open.ts';
import type { Request } from './request.ts';

let opened: TestTown;
let clearing: Clearing;
let traces = 0;

beforeAll(async () => {
  opened = await openTestTown({ merchants: 2, cards: 10 });
  clearing = await opened.open({ lanes: 2 });
  await loadTown(clearing, { cards: 10, amountFen: 100_000n });
});
afterAll(async () => {
  expect(await findDrift(opened.pool)).toEqual([]);
  await opened.close();
});

const request = (over: Partial<Request> = {}) => townRequest(traces++, over);
const submit = (one: Request) => clearing.submit({ request: one, isRepeat: false });
const atOnce = (...requests: Request[]) => Promise.all(requests.map(submit));

describe('requests that meet on their way', () => {
  test('the same one sent five times at once is one transaction, and the other four are replays of it', async () => {
    const one = request();
    const answers = await atOnce(one, one, one, one, one);
    const [first] = answers;
    expect(first).toMatchObject({ status: 'decided', refusal: null, replay: false });
    for (const other of answers.slice(1)) expect(other).toEqual({ ...first, replay: true });
  });

  test('more than wait for one first are told that it is on its way; asked again they get its answer', async () => {
    const one = request();
    const answers = await atOnce(...Array.from({ length: 20 }, () => one));
    expect(answers.filter((answer) => answer.status === 'in-flight')).toHaveLength(11);
    expect(answers.filter((answer) => answer.status === 'decided')).toHaveLength(9);
    expect(await submit(one)).toMatchObject({ status: 'decided', replay: true });
  });

  test('another body under the key of the first is told what differs, and moves nothing', async () => {
    const one = request();
    const [first, other] = await atOnce(one, { ...one, amountFen: fen(101) });
    expect(first).toMatchObject({ refusal: null, replay: false });
    expect(other).toEqual({ status: 'key-reused', field: 'amountFen' });
  });

  test('a true repeat gets its answer also when it meets somebody who reuses its key', async () => {
    const one = request();
    const first = await submit(one);
    const [other, repeat] = await atOnce({ ...one, amountFen: fen(101) }, one);
    expect(other).toEqual({ status: 'key-reused', field: 'amountFen' });
    expect(repeat).toMatchObject({ ...first, legs: expect.anything(), replay: true });
  });

  test('one trace number with two cards of two lanes at once is one transaction', async () => {
    const one = request({ card: cardRef(0) });
    const other = { ...one, card: cardRef(1), callerKey: callerKey('another', 'card') };
    const answers = await atOnce(one, other);
    expect(answers).toMatchObject([
      { refusal: null, replay: false },
      { status: 'key-reused', field: 'cardId' },
    ]);
  });

  test('one trace number under two callers’ keys at once is one transaction', async () => {
    const one = request();
    const [first, other] = await atOnce(one, { ...one, callerKey: callerKey('another', 'key') });
    expect(first).toMatchObject({ refusal: null, replay: false });
    expect(other).toMatchObject({ id: first?.status === 'decided' && first.id, replay: true });
  });
});

test('a lone request goes at once: nothing waits for a group to fill', async () => {
  const startedAtMs = performance.now();
  for (let i = 0; i < 20; i++) await submit(request({ card: cardRef(i % 10) }));
  // Twenty commits one after the other; a timer of a tick would be seen only in their sum, a second's wait at once.
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
});

test('an instance that is closed clears what is queued first, and frees its lanes', async () => {
  const other = await opened.open({ lanes: 2 });
  const answers = [request(), request({ card: cardRef(1) })].map((one) =>
    other.submit({ request: one, isRepeat: false }),
  );
  await other.close();
  for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ refusal: null });
  const { rows } = await opened.owner.query(
    `select count(*)::int as held from pg_locks where locktype = 'advisory' and classid = 46
      and database = (select oid from pg_database where datname = current_database())`,
  );
  expect(rows).toEqual([{ held: 2 }]);
});

test('an instance that goes on where a lane was left continues its chain without a gap', async () => {
  for (let round = 0; round < 3; round++) {
    const other = await opened.open({ lanes: 1 });
    expect(await other.submit({ request: request(), isRepeat: false })).toMatchObject({ refusal: null });
    await other.close();
  }
  const { rows } = await opened.pool.query(
    'select lane from ledger.groups group by lane having max(sequence) <> count(*)',
  );
  expect(rows).toEqual([]);
});
