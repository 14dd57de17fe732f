import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { sessionName } from '#platform/schema/rules/generation.ts';
import { findDrift } from '#testing/drift.ts';
import { seededRandom } from '#testing/model/seeded-random.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { cardRef, loadTown, merchantTerminal, town, townRequest } from '#testing/town.ts';
import type { Clearing } from './open.ts';
import type { Answer } from './outcome.ts';
import type { Request } from './request.ts';

const cards = 40;
const loadedFen = 1_000_000n;
let opened: TestTown;
let traces = 100_000;

beforeAll(async () => {
  opened = await openTestTown({ merchants: 3, cards });
  const clearing = await opened.open();
  await loadTown(clearing, { cards, amountFen: loadedFen });
  await clearing.close();
});
beforeEach(() => {
  traces += 10_000;
});
afterEach(async () => {
  expect(await findDrift(opened.pool)).toEqual([]);
});
afterAll(() => opened.close());

const submit = (clearing: Clearing, request: Request) => clearing.submit({ request, isRepeat: false });
const payments = (count: number, over: Partial<Request> = {}) =>
  Array.from({ length: count }, (_, i) => townRequest(traces++, { card: cardRef(i % cards), ...over }));
const isApproved = (answer: Answer) => answer.status === 'decided' && answer.refusal === null;

async function countKept(requests: readonly Request[]): Promise<number> {
  const { rows } = await opened.pool.query<{ kept: number }>(
    'select count(*)::int as kept from idempotency.outcomes where business_key = any($1::uuid[])',
    [requests.map((request) => request.businessKey)],
  );
  return rows[0]?.kept ?? -1;
}

async function killLanes(): Promise<number> {
  const { rowCount } = await opened.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = '${sessionName('lane')}' and datname = current_database()`,
  );
  return rowCount ?? 0;
}

describe('a lane that loses its connection', () => {
  test('every request is answered, and everything happened exactly once', async () => {
    const reasons: string[] = [];
    const watch = {
      groupCleared: () => undefined,
      groupRunAgain: (reason: string) => void reasons.push(reason),
      answeredEarly: () => undefined,
      fault: () => undefined,
    };
    const clearing = await opened.open({ lanes: 2, groupSizeMax: 20, watch });
    const requests = payments(2_000, { amountFen: fen(7) });
    const random = seededRandom(46);
    let running = true;
    let killed = 0;
    const killer = (async () => {
      while (running) {
        await sleep(10 + random.int(150));
        killed += await killLanes();
      }
    })();
    const answers: Answer[] = [];
    for (let first = 0; first < requests.length; first += 100) {
      const burst = requests.slice(first, first + 100);
      answers.push(...(await Promise.all(burst.map((request) => submit(clearing, request)))));
    }
    running = false;
    await killer;
    expect(answers.filter(isApproved)).toHaveLength(requests.length);
    expect(await countKept(requests)).toBe(requests.length);
    expect(new Set(answers.map((answer) => answer.status === 'decided' && answer.id)).size).toBe(
      requests.length,
    );
    expect(killed).toBeGreaterThan(2);
    expect(reasons).toContain('reconnect');
    await clearing.close();
  });

  test('a group that waits for a lock past its time is given up: unknown, and nothing happened', async () => {
    const clearing = await opened.open({ lanes: 2, groupTimeoutMs: 250, requestTimeoutMs: 600 });
    const stranger = await opened.owner.connect();
    await stranger.query('begin');
    await stranger.query('select from ledger.accounts where owner_id = $1 for update', [
      cardRef(0).cardAccountId,
    ]);
    const [stuck] = payments(1);
    const [free] = payments(1, { card: cardRef(1) });
    const waiting = submit(clearing, stuck as Request);
    expect(isApproved(await submit(clearing, free as Request))).toBe(true);
    expect(await waiting).toEqual({ status: 'unknown' });
    await stranger.query('rollback');
    stranger.release();
    expect(await countKept([stuck as Request])).toBe(0);
    expect(isApproved(await submit(clearing, stuck as Request))).toBe(true);
    await clearing.close();
  });
});

describe('one poisonous request', () => {
  test('it fails alone: those of its group are cleared, and its keys stay free', async () => {
    await opened.owner.query(
      'alter table ledger.postings add constraint poison check (amount_fen not in (666, -666))',
    );
    const clearing = await opened.open();
    const good = payments(49);
    const [poisonous] = payments(1, { amountFen: fen(666) }) as [Request];
    const group = [...good.slice(0, 25), poisonous, ...good.slice(25)];
    const settled = await Promise.allSettled(group.map((request) => submit(clearing, request)));
    expect(settled.filter((one) => one.status === 'fulfilled' && isApproved(one.value))).toHaveLength(49);
    expect(settled[25]).toMatchObject({ status: 'rejected', reason: { constraint: 'poison' } });
    expect(await countKept(group)).toBe(49);
    await opened.owner.query('alter table ledger.postings drop constraint poison');
    expect(isApproved(await submit(clearing, poisonous))).toBe(true);
    await clearing.close();
  });
});

describe('a queue that is full', () => {
  test('what does not fit is told busy and is not stored; it may come again as it is', async () => {
    const clearing = await opened.open({ queueLengthMax: 5 });
    const requests = payments(50);
    const answers = await Promise.all(requests.map((request) => submit(clearing, request)));
    expect(answers.filter(isApproved)).toHaveLength(5);
    const turnedAway = requests.filter((_, i) => answers[i]?.status === 'busy');
    expect(turnedAway).toHaveLength(45);
    expect(await countKept(turnedAway)).toBe(0);
    for (const request of turnedAway) expect(isApproved(await submit(clearing, request))).toBe(true);
    expect(clearing.queueLengths()).toEqual([0]);
    await clearing.close();
  });
});

describe('reference data that changes while groups are cleared', () => {
  test('a terminal that is switched off is refused from the next group on, and so is a participant', async () => {
    const clearing = await opened.open();
    const at = { terminalId: merchantTerminal(2) };
    const [before, off, left] = payments(3, at) as [Request, Request, Request];
    expect(isApproved(await submit(clearing, before))).toBe(true);
    await opened.owner.query('update terminals.terminals set active = false where id = $1', [at.terminalId]);
    expect(await submit(clearing, off)).toMatchObject({ refusal: 'terminal-not-active' });
    await opened.owner.query('update terminals.terminals set active = true where id = $1', [at.terminalId]);
    await opened.owner.query('update participants.participants set active = false where id = 2');
    expect(await submit(clearing, left)).toMatchObject({ refusal: 'participant-not-active' });
    expect(await submit(clearing, off), 'what was declined stays declined').toMatchObject({
      refusal: 'terminal-not-active',
      replay: true,
    });
    await clearing.close();
  });

  test('a new fare is paid by every tap after it and by none before it, on every instance', async () => {
    const instances = [await opened.open({ groupSizeMax: 5 }), await opened.open({ groupSizeMax: 5 })];
    const tap = (line: string) => (i: number) => {
      const over = {
        sector: 'transit',
        terminalId: town.operatorTerminal,
        amountFen: null,
        detail: { line },
      };
      const request = townRequest(traces++, { ...over, card: cardRef(i % cards) });
      return submit(instances[i % 2] as Clearing, request);
    };
    const tapMany = (count: number) => Array.from({ length: count }, (_, i) => tap('N1')(i));
    const before = await Promise.all(tapMany(40));
    const meanwhile = tapMany(100);
    const isPublished = opened.owner.query(
      `insert into transit.tariffs values (900001, 'N1', '2021-01-01', 500, '1', 0)`,
    );
    for (let i = 0; i < 10; i++) {
      await sleep(1);
      meanwhile.push(...tapMany(10));
    }
    await isPublished;
    const after = await Promise.all(tapMany(40));
    const faresOf = (answers: readonly Answer[]) =>
      new Set(
        answers.map((answer) => (answer.status === 'decided' ? answer.legs[0]?.amountFen : answer.status)),
      );
    expect(faresOf(before)).toEqual(new Set([200n]));
    expect(faresOf(after)).toEqual(new Set([500n]));
    // Half the old fare is a transfer after a tap of before; there is no other price in between.
    for (const fare of faresOf(await Promise.all(meanwhile))) expect([100n, 200n, 500n]).toContain(fare);
    await Promise.all(instances.map((instance) => instance.close()));
  });
});
