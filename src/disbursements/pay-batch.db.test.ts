import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Clearing } from '#clearing/open.ts';
import type { Answer } from '#clearing/outcome.ts';
import { accountId } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import { openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { insertPurseRules } from '#sectors/store.ts';
import { insertTerminals } from '#terminals/store.ts';
import { findDrift } from '#testing/drift.ts';
import { testIdNumber } from '#testing/subsidies/people.ts';
import {
  agency,
  approveAgain,
  approvedToRun,
  fileOf,
  goodFile,
  imported,
  lineOf,
  openSubsidyTown,
  operatorActor,
  type SubsidyTown,
} from '#testing/subsidies/subsidy-town.ts';
import { cardRef, townRequest } from '#testing/town.ts';
import { correctLines } from './correct-lines.ts';
import { payBatch, type RunParts } from './pay-batch.ts';
import { withdrawBatch } from './publish-batch.ts';
import { readLines, subsidiesOf } from './read-lines.ts';
import { takeRun } from './run-store.ts';
import { readBatch, readProgress, readRunning } from './store.ts';

const cards = 2_600;
let town: SubsidyTown;
let clearing: Clearing;
let months = 0;

beforeAll(async () => {
  town = await openSubsidyTown({ merchants: 1, cards });
  clearing = await town.open({ lanes: 2 });
});
afterEach(async () => {
  expect(await findDrift(town.pool)).toEqual([]);
});
afterAll(() => town.close());

const nextPeriod = () => `20${30 + Math.floor(months / 12)}-${String((months++ % 12) + 1).padStart(2, '0')}`;
const faults: unknown[] = [];
const run = (batchId: bigint, over: Partial<RunParts> = {}) =>
  payBatch({ pool: town.parts.pool, clearing, fault: (error) => void faults.push(error), ...over }, batchId);
const failedOf = (batchId: bigint) =>
  readLines(town.session, town.parts.secrets, { batchId, state: 'failed', after: 0, limit: 1_000 });

/** A batch of some people that may be paid, of a period of its own. */
async function runnable(bytes: Buffer): Promise<bigint> {
  const id = await imported(town.parts, nextPeriod(), bytes);
  await approvedToRun(town.parts, id);
  return id;
}

/** What the agency was told it owes for a batch's period, entry by entry: the books, not our own lines. */
async function booked(batchId: bigint): Promise<{ payments: number; people: number; fen: bigint }> {
  const batch = await readBatch(town.session, batchId);
  const { rows } = await town.pool.query(
    `select count(*)::int as payments, count(distinct e.owner_id)::int as people, coalesce(sum(p.amount_fen), 0)::bigint as fen
      from idempotency.outcomes o join ledger.entries e on e.bucket = o.bucket and e.id = o.id
      join ledger.postings p on p.bucket = e.bucket and p.entry_id = e.id and p.balance_fen is not null
      where o.refusal is null and o.detail like $1`,
    [`%period=${batch?.period};programme=elder-2026%`],
  );
  return rows[0];
}

describe('a run', () => {
  test('pays each person of a batch once, into the purse of the programme, and says so in the history', async () => {
    const id = await runnable(goodFile(1_200));
    expect(await run(id)).toBe('paid');
    expect(await booked(id)).toEqual({ payments: 1_200, people: 1_200, fen: 10_800_000n });
    expect(await readProgress(town.session, id)).toMatchObject({
      paid: { count: 1_200 },
      left: { count: 0 },
    });
    const [payment] = await subsidiesOf(town.session, cardRef(7).cardAccountId, { before: null, limit: 10 });
    expect(payment).toMatchObject({
      ...{ batchId: id, lineNo: 8, programme: 'elder-2026', programmeName: '高龄津贴', purse: 'elder-care' },
      ...{ state: 'paid', amountFen: 9_000n, programmeNameEn: 'Old-age allowance' },
    });
    const { rows } = await town.pool.query('select owner_id from ledger.entries where id = $1', [
      payment?.entryId,
    ]);
    expect(rows[0]?.owner_id).toBe(cardRef(7).cardAccountId);
    expect(await run(id)).toBe('not-running');
  });

  test('pays to a lost, locked, expired or not yet active card’s account, and not to a closed one', async () => {
    const states = ['lost', 'locked', 'not-active', 'active', 'closed'];
    // What became of the cards after the file was judged and approved: the run meets it.
    const id = await runnable(goodFile(states.length, { first: 2_500 }));
    for (const [i, status] of states.entries())
      await town.owner.query("update cards.cards set status = $1, expires_on = '2020-01-01' where id = $2", [
        status,
        cardRef(2_500 + i).cardId,
      ]);
    expect(await run(id)).toBe('partly-paid');
    expect(await failedOf(id)).toMatchObject([{ lineNo: 5, cause: 'card-closed', attempt: 1 }]);
    expect(await booked(id)).toMatchObject({ payments: 4 });
  });

  test('paid, failed and left are together the whole at every moment, and the books hold what is paid', async () => {
    const lines = fc.array(fc.record({ bad: fc.boolean(), amount: fc.integer({ min: 1, max: 90_000 }) }), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(lines, fc.nat({ max: 30 }), async (some, stopAfter) => {
        const file = some.map(({ bad, amount }, i) => (bad ? 'x' : lineOf(i + 1, 1_400 + i, amount)));
        if (some.every(({ bad }) => bad)) return;
        const id = await runnable(fileOf(file));
        const whole = async () => {
          const { paid, failed, left } = await readProgress(town.session, id);
          const batch = await readBatch(town.session, id);
          expect(paid.count + failed.count + left.count).toBe(batch?.lineCount);
          expect(paid.fen + failed.fen + left.fen).toBe(batch?.totalFen);
          return paid;
        };
        let asked = 0;
        const tired: RunParts['clearing'] = {
          reference: clearing.reference,
          submit: async (submitted) => {
            asked += 1;
            if (asked > stopAfter) throw new Error('no more');
            return clearing.submit(submitted);
          },
        };
        await run(id, { clearing: tired });
        await whole();
        await run(id);
        const paid = await whole();
        expect(await booked(id)).toMatchObject({ payments: paid.count, fen: paid.fen });
        expect((await readBatch(town.session, id))?.state).toBe(
          some.some(({ bad }) => bad) ? 'partly-paid' : 'paid',
        );
      }),
      { numRuns: 15 },
    );
  });
});

describe('a run that is killed', () => {
  /** A pool whose connections die when they are to write outcomes for the n-th time. */
  function dyingPool(writesBefore: number): Pool {
    const pool = openPool(town.url, 2);
    let writes = 0;
    pool.on('connect', (client) => {
      const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
      const dies = (asked: unknown) =>
        (asked as { name?: string }).name === 'disbursements-record-outcomes' && writes++ >= writesBefore;
      client.query = ((asked: unknown, ...rest: unknown[]) =>
        dies(asked)
          ? client.end().then(() => Promise.reject(new Error('killed')))
          : query(asked, ...rest)) as never;
    });
    return pool;
  }

  test.for([0, 1, 2])(
    'after %i pages were written back goes on: each person is paid once',
    async (writes) => {
      const people = 1_300;
      const id = await runnable(goodFile(people));
      const dying = dyingPool(writes);
      await expect(run(id, { pool: dying })).rejects.toThrow();
      await dying.end();
      const paidBefore = (await booked(id)).payments;
      const progress = await readProgress(town.session, id);
      expect(paidBefore, 'clearing has paid more than was written back').toBeGreaterThan(progress.paid.count);
      expect(await readRunning(town.session, 0n, 10)).toContain(id);
      expect(await run(id)).toBe('paid');
      expect(await booked(id)).toEqual({ payments: people, people, fen: BigInt(people) * 9_000n });
      expect(await readProgress(town.session, id)).toMatchObject({
        paid: { count: people },
        left: { count: 0 },
      });
    },
  );

  test('by being told to stop leaves the rest for the next', async () => {
    const id = await runnable(goodFile(2_000));
    const stop = new AbortController();
    let asked = 0;
    const watched: RunParts['clearing'] = {
      reference: clearing.reference,
      submit: (submitted) => {
        if (++asked === 600) stop.abort();
        return clearing.submit(submitted);
      },
    };
    expect(await run(id, { clearing: watched, signal: stop.signal })).toBe('lines-left');
    expect((await readProgress(town.session, id)).left.count).toBeGreaterThan(0);
    expect(await run(id)).toBe('paid');
    expect(await booked(id)).toMatchObject({ payments: 2_000, people: 2_000 });
  });
});

describe('two runners of one batch', () => {
  test('never run it at once: one pays, the other is told', async () => {
    const id = await runnable(goodFile(1_500));
    const there = await town.open({ lanes: 1 });
    const otherPool = openPool(town.url, 3);
    const ends = await Promise.all([run(id), run(id, { pool: otherPool, clearing: there })]);
    expect(ends.sort()).toEqual(['elsewhere', 'paid']);
    expect(await booked(id)).toEqual({ payments: 1_500, people: 1_500, fen: 13_500_000n });
    await otherPool.end();
  });

  test('that lost its lock and does not know still pays nobody twice', async () => {
    const id = await runnable(goodFile(700));
    const there = await town.open({ lanes: 1 });
    const client = await town.parts.pool.connect();
    expect(await takeRun(sessionOf(client), id)).toBe(true);
    expect(await run(id)).toBe('elsewhere');
    await client.query('select pg_advisory_unlock_all()');
    client.release();
    // Both believe that the batch is theirs: the one's lock is taken from it while it waits for its first answers.
    let freed = false;
    const slow: RunParts['clearing'] = {
      reference: there.reference,
      submit: async (submitted) => {
        if (!freed) {
          freed = true;
          await town.owner.query(
            `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 4606`,
          );
        }
        return there.submit(submitted);
      },
    };
    const [first, second] = await Promise.allSettled([
      run(id, { clearing: slow }),
      (async () => {
        while (!freed) await new Promise((resolve) => setTimeout(resolve, 5));
        return run(id);
      })(),
    ]);
    expect(first.status).toBe('rejected');
    if (second.status === 'fulfilled' && second.value !== 'paid') await run(id);
    expect(await booked(id)).toEqual({ payments: 700, people: 700, fen: 6_300_000n });
  });
});

describe('what clearing does not decide', () => {
  test.each([
    { status: 'busy', retryAfterSeconds: 1 },
    { status: 'unknown' },
    { status: 'in-flight' },
  ] as const)('is asked again under the same name and is no failure: $status', async (answer: Answer) => {
    const id = await runnable(goodFile(3));
    const keys: string[] = [];
    const moody: RunParts['clearing'] = {
      reference: clearing.reference,
      submit: async (submitted) => {
        keys.push(submitted.request.businessKey);
        return keys.length <= 3 ? answer : clearing.submit(submitted);
      },
    };
    expect(await run(id, { clearing: moody })).toBe('paid');
    expect(keys).toHaveLength(6);
    expect(new Set(keys).size).toBe(3);
    expect(await booked(id)).toMatchObject({ payments: 3 });
  });

  test('a line whose name stands for something else is left for people, not failed: it could be paid twice', async () => {
    const id = await runnable(goodFile(2));
    const strange: RunParts['clearing'] = {
      reference: clearing.reference,
      submit: async () => ({ status: 'key-reused', field: 'amountFen' }) as unknown as Answer,
    };
    faults.length = 0;
    expect(await run(id, { clearing: strange })).toBe('lines-left');
    expect(faults).toHaveLength(2);
    expect(await readProgress(town.session, id)).toMatchObject({ failed: { count: 0 }, left: { count: 2 } });
    expect(await run(id)).toBe('paid');
  });
});

describe('lines that failed', () => {
  test('are corrected, approved anew and paid: those that were paid are not paid again', async () => {
    const wrongName = `2,${testIdNumber(1)},乙,9000`;
    const id = await runnable(fileOf([lineOf(1, 0), wrongName, lineOf(3, 2_550)]));
    await town.owner.query("update cards.cards set status = 'closed' where id = $1", [cardRef(2_550).cardId]);
    expect(await run(id)).toBe('partly-paid');
    expect(await failedOf(id)).toMatchObject([
      { lineNo: 2, cause: 'name-differs' },
      { lineNo: 3, cause: 'card-closed' },
    ]);
    const paidLine = { batchId: id, bytes: fileOf([lineOf(1, 0, 1)]) };
    expect(await correctLines(town.parts, paidLine, operatorActor)).toBe('correction-line-wrong');
    const right = { batchId: id, bytes: fileOf([lineOf(2, 1), lineOf(3, 2, 8_000)]) };
    expect(await correctLines(town.parts, right, operatorActor)).toEqual({ corrected: 2 });
    expect(await readBatch(town.session, id)).toMatchObject({
      state: 'corrected',
      approvedBy: null,
      round: 2,
    });
    expect(await run(id)).toBe('not-running');
    await approveAgain(town.parts, id);
    expect(await run(id)).toBe('paid');
    expect(await booked(id)).toEqual({ payments: 3, people: 3, fen: 26_000n });
  });

  test('that are withdrawn after all stay unpaid, and the file that comes again pays nobody twice', async () => {
    const file = fileOf([lineOf(1, 0), `2,${testIdNumber(1)},乙,9000`]);
    const id = await runnable(file);
    expect(await run(id)).toBe('partly-paid');
    await correctLines(town.parts, { batchId: id, bytes: fileOf([lineOf(2, 1)]) }, operatorActor);
    expect(await withdrawBatch(town.parts, { batchId: id, reason: '' }, operatorActor)).toBe('withdrawn');
    expect(await run(id)).toBe('not-running');
    const period = (await readBatch(town.session, id))?.period ?? '';
    const again = await imported(town.parts, period, file);
    expect((await failedOf(again)).map((line) => line.cause)).toEqual(['duplicate-person', 'name-differs']);
    expect(await booked(id)).toMatchObject({ payments: 1, people: 1 });
  });

  test('an agency that is not active pays nothing, and may pay when it is again', async () => {
    const active = (is: boolean) =>
      town.owner.query('update participants.participants set active = $1 where id = $2', [is, agency.id]);
    const id = await runnable(goodFile(2));
    await active(false);
    expect(await run(id)).toBe('partly-paid');
    expect((await failedOf(id)).map((line) => line.cause)).toEqual([
      'participant-not-active',
      'participant-not-active',
    ]);
    await active(true);
    await correctLines(town.parts, { batchId: id, bytes: goodFile(2) }, operatorActor);
    await approveAgain(town.parts, id);
    expect(await run(id)).toBe('paid');
    expect(await booked(id)).toMatchObject({ payments: 2, people: 2 });
  });
});

test('a subsidy buys what its purpose allows, and nothing else', async () => {
  const merchant = { id: 900_050, terminal: 90_000_050 };
  await enrolParticipants(town.ownerSession, [
    { id: merchant.id, name: '养老院', nameEn: 'Care Home', sector: 'shops', active: true, mcc: '8050' },
  ]);
  await insertTerminals(town.ownerSession, [
    {
      ...{ id: merchant.terminal, participantId: merchant.id, sector: 'shops', allowedKinds: ['payment'] },
      ...{ batchNumber: 1, active: true, keySealed: Buffer.alloc(1) },
    },
  ]);
  const rule = { sector: 'shops', mcc: '8050', effectiveFrom: '2020-01-01', split: true };
  await insertPurseRules(town.ownerSession, [{ ...rule, purses: ['elder-care', 'online'] }]);
  const id = await runnable(goodFile(1, { first: 2_400 }));
  expect(await run(id)).toBe('paid');
  const buy = (trace: number, terminalId?: number) => {
    const at = terminalId === undefined ? {} : { terminalId };
    const request = townRequest(trace, { card: cardRef(2_400), amountFen: fen(4_000), ...at });
    return clearing.submit({ request, isRepeat: false });
  };
  expect(await buy(1)).toMatchObject({ refusal: 'purpose-not-allowed' });
  const purse = accountId(cardRef(2_400).cardAccountId, 'elder-care');
  expect(await buy(2, merchant.terminal)).toMatchObject({
    refusal: null,
    legs: expect.arrayContaining([
      { accountId: purse, amountFen: -4_000n, balanceFen: 5_000n, returnedFen: 0n },
    ]),
  });
});

test('the money lies in the purse of its purpose, and the agency owes it', async () => {
  const { rows } = await town.pool.query<{ owed: bigint; loaded: bigint; online: bigint }>(
    `select (select sum(debit_fen - credit_fen)::bigint from ledger.day_totals where account_id = $1) as owed,
      (select sum(balance_fen)::bigint from ledger.accounts where code = 6) as loaded,
      (select sum(balance_fen)::bigint from ledger.accounts where code = 2) as online`,
    [accountId(BigInt(agency.id), 'receivable')],
  );
  expect(rows[0]?.loaded).toBeGreaterThan(0n);
  // 40 yuan of it were spent at the care home.
  const loaded = rows[0]?.loaded ?? 0n;
  expect(rows[0]).toEqual({ owed: loaded + 4_000n, loaded, online: 0n });
});
