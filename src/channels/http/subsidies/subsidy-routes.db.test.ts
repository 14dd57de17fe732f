import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '#access/store.ts';
import { admitToken } from '#access/tokens.ts';
import { httpApp } from '#channels/http/app.ts';
import { payBatch } from '#disbursements/pay-batch.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { expectDeclared } from '#testing/http/expect-declared.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { type Got, got } from '#testing/http/http-calls.ts';
import { type HttpTown, holderToken, openHttpTown } from '#testing/http/http-town.ts';
import { testIdNumber } from '#testing/subsidies/people.ts';
import {
  addAgency,
  agency,
  disbursementParts,
  fileOf,
  goodFile,
  lineOf,
} from '#testing/subsidies/subsidy-town.ts';

const tokens: Record<Exclude<Role, 'holder'>, string> = {
  operator: 'operator-token-of-the-test-town-0001',
  finance: 'finance-token-of-the-test-town-00002',
  auditor: 'auditor-token-of-the-test-town-00001',
  administrator: 'administrator-token-of-the-town-0001',
  participant: 'participant-token-of-the-test-town-01',
};
const staffNumbers = {
  operator: 1n,
  finance: 4n,
  auditor: 5n,
  administrator: 6n,
  participant: BigInt(agency.id),
};
const stranger = 'participant-token-of-the-test-town-02';

let database: TestDatabase;
let town: HttpTown;
let app: HttpTown['app'];

beforeAll(async () => {
  database = await createTestDatabase();
  town = await openHttpTown(database.url, { merchants: 1, cards: 12 });
  await addAgency(town.owner, 12);
  const expiresAt = new Date('2099-01-01T00:00:00Z');
  for (const [role, token] of Object.entries(tokens) as [keyof typeof tokens, string][])
    await admitToken(town.owner, { role, subjectId: staffNumbers[role], token, expiresAt });
  await admitToken(town.owner, { role: 'participant', subjectId: 900_002n, token: stranger, expiresAt });
  const disbursements = disbursementParts(town.parts.reports);
  app = httpApp({ ...town.parts, disbursements });
});
afterAll(async () => {
  await town.close();
  await database.drop();
});

async function call(
  method: 'get' | 'post',
  path: string,
  sent: { token?: string; body?: unknown } = {},
): Promise<Got> {
  const { token = tokens.operator, body } = sent;
  const isFile = Buffer.isBuffer(body);
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (body !== undefined) headers['content-type'] = isFile ? 'text/csv; charset=utf-8' : 'application/json';
  const text = body === undefined ? {} : { body: isFile ? new Uint8Array(body) : JSON.stringify(body) };
  const answer = await got(app.request(path, { method: method.toUpperCase(), headers, ...text }));
  return expectDeclared({ method, path }, answer);
}
const post = (path: string, sent?: { token?: string; body?: unknown }) => call('post', path, sent);
const get = (path: string, token: string = tokens.operator) => call('get', path, { token });
const importFile = (period: string, body: unknown, token?: string) =>
  post(
    `/v1/subsidy-programmes/elder-2026/batches?period=${period}`,
    token === undefined ? { body } : { body, token },
  );

/** What the schedule does with a batch that was started. */
async function paid(batchId: string): Promise<void> {
  const { clearing, reports: pool } = town.parts;
  const fault = (error: unknown) => {
    throw error;
  };
  await payBatch({ pool, clearing, fault }, BigInt(batchId));
}

describe('a file of subsidies', () => {
  test('goes its whole way: imported, published, proposed, approved by a second person, paid, corrected, paid', async () => {
    const file = fileOf([lineOf(1, 0), `2,${testIdNumber(1)},乙,9000`, lineOf(3, 2)]);
    const imported = await importFile('2026-11', file);
    expect(imported.json).toMatchObject({
      state: 'imported',
      lineCount: 3,
      total: 27_000,
      failed: { count: 1 },
    });
    const again = await importFile('2026-11', file);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.json).toEqual(imported.json);
    const batch = `/v1/subsidy-batches/${imported.json.batchId}`;
    expect((await post(`${batch}/publication`)).json).toMatchObject({
      state: 'published',
      publishedFrom: '2026-11-22',
      publishedUntil: '2026-11-22',
    });
    expect((await post(`${batch}/proposal`)).json).toMatchObject({ state: 'proposed' });
    const approval = { decision: 'approved', reason: '核对无误' };
    expectProblem(await post(`${batch}/run`), 'batch-step-not-allowed');
    expect((await post(`${batch}/decision`, { token: tokens.finance, body: approval })).json).toMatchObject({
      state: 'approved',
    });
    expect((await post(`${batch}/run`)).status).toBe(200);
    await paid(imported.json.batchId);
    const run = await get(batch);
    expect(run.json).toMatchObject({
      state: 'partly-paid',
      paid: { count: 2, amount: 18_000 },
      failed: { count: 1, amount: 9_000 },
      left: { count: 0, amount: 0 },
    });

    const failed = await get(`${batch}/lines?state=failed`, tokens.participant);
    expect(failed.json).toEqual({
      lines: [
        {
          ...{ line: 2, state: 'failed', cause: 'name-differs', causeZh: '姓名与社会保障号码不符' },
          ...{ causeEn: 'The name is not that of the number', amount: 9_000, name: '乙*', cardTail: '0001' },
          paidOn: null,
        },
      ],
      nextAfter: null,
    });
    const corrected = await post(`${batch}/corrections`, { body: fileOf([lineOf(2, 1)]) });
    expect(corrected.json).toMatchObject({ state: 'corrected', round: 2, left: { count: 1 } });
    await post(`${batch}/proposal`);
    await post(`${batch}/decision`, { token: tokens.finance, body: approval });
    await post(`${batch}/run`);
    await paid(imported.json.batchId);
    expect((await get(batch)).json).toMatchObject({ state: 'paid', paid: { count: 3, amount: 27_000 } });

    const report = await get(`${batch}/lines?format=csv`, tokens.participant);
    expect(report.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(report.text.split('\r\n')).toHaveLength(5);
    expect(report.text).not.toMatch(/4601|甲1/);
  });

  test('is what its holder reads: programme and period in both languages, and in the history', async () => {
    const mine = await get('/v1/card-accounts/mine/subsidies', holderToken(1));
    expect(mine.json.payments).toMatchObject([
      {
        ...{ programme: 'elder-2026', programmeName: '高龄津贴', programmeNameEn: 'Old-age allowance' },
        ...{ period: '2026-11', purse: 'elder-care', state: 'paid', amount: 9_000, causeZh: null },
      },
    ]);
    const history = await get('/v1/card-accounts/mine/history?limit=1', holderToken(1));
    expect(history.json.entries[0]).toMatchObject({
      transactionId: mine.json.payments[0].transactionId,
      sector: 'subsidies',
      detail: { programme: 'elder-2026', period: '2026-11', purse: 'elder-care' },
    });
  });
});

describe('who may do what', () => {
  test('the operator makes and finance approves: nobody else, and neither the other’s part', async () => {
    const programme = {
      ...{ code: 'farm-2026', name: '种粮补贴', nameEn: 'Grain Subsidy', participantId: agency.id },
      ...{ terminalId: agency.terminal, purse: 'farm-subsidy', perLineMax: 100_000 },
    };
    const imported = await importFile('2026-10', goodFile(2));
    const batch = `/v1/subsidy-batches/${imported.json.batchId}`;
    const decision = { decision: 'approved', reason: 'x' };
    for (const role of ['finance', 'auditor', 'administrator', 'participant'] as const) {
      const token = tokens[role];
      expectProblem(await post('/v1/subsidy-programmes', { token, body: programme }), 'not-yours');
      expectProblem(await importFile('2026-10', goodFile(2), token), 'not-yours');
      expectProblem(await post(`${batch}/publication`, { token }), 'not-yours');
      expectProblem(await post(`${batch}/proposal`, { token }), 'not-yours');
      expectProblem(await post(`${batch}/corrections`, { token, body: goodFile(2) }), 'not-yours');
      expectProblem(await post(`${batch}/withdrawal`, { token, body: { reason: 'x' } }), 'not-yours');
    }
    for (const role of ['operator', 'auditor', 'administrator', 'participant'] as const)
      expectProblem(await post(`${batch}/decision`, { token: tokens[role], body: decision }), 'not-yours');
    for (const role of ['auditor', 'administrator', 'participant'] as const)
      expectProblem(await post(`${batch}/run`, { token: tokens[role] }), 'not-yours');
    expectProblem(await get(batch, tokens.administrator), 'not-yours');
    expect((await post('/v1/subsidy-programmes', { body: programme })).json).toMatchObject({
      publicationDays: 7,
    });
    expect((await post(`${batch}/withdrawal`, { body: { reason: '文件有误' } })).json).toMatchObject({
      state: 'withdrawn',
    });
  });

  test('an agency sees its own programmes and batches alone, staff see all', async () => {
    const [first] = (await get('/v1/subsidy-batches?limit=1')).json.batches;
    const path = `/v1/subsidy-batches/${first.batchId}`;
    expect((await get(path, tokens.participant)).status).toBe(200);
    expectProblem(await get(path, stranger), 'batch-unknown');
    expectProblem(await get(`${path}/lines`, stranger), 'batch-unknown');
    expect((await get('/v1/subsidy-batches', stranger)).json).toEqual({ batches: [], nextBefore: null });
    expect((await get('/v1/subsidy-programmes', stranger)).json).toEqual({ programmes: [] });
    expect((await get('/v1/subsidy-programmes', tokens.auditor)).json.programmes.length).toBeGreaterThan(0);
    const page = await get('/v1/subsidy-batches?limit=1', tokens.auditor);
    expect(
      (await get(`/v1/subsidy-batches?before=${page.json.nextBefore}`)).json.batches[0].batchId,
    ).not.toBe(page.json.batches[0].batchId);
  });

  test('whoever looks at a list stands in the trail', async () => {
    const [first] = (await get('/v1/subsidy-batches?limit=1')).json.batches;
    await get(`/v1/subsidy-batches/${first.batchId}/lines`, tokens.auditor);
    const { rows } = await town.owner.run({
      name: 'looked-at',
      text: `select actor_id, subject from audit.events where act = 'batch-list-looked-at' order by sequence desc limit 1`,
    });
    expect(rows[0]).toEqual([5n, `batch ${first.batchId}`]);
  });
});

describe('what is not as the interface says', () => {
  test.for([
    ['a period', 'november', goodFile(1), 'invalid-request'],
    ['the type', '2026-12', { line: 1 }, 'not-csv'],
    ['the header', '2026-12', Buffer.from('a,b\n1,2\n'), 'file-header-wrong'],
    ['the letters', '2026-12', Buffer.from([0xff, 0xff]), 'file-not-text'],
    ['the length', '2026-12', Buffer.alloc(8 * 1024 * 1024 + 1, 'x'), 'body-too-large'],
  ] as const)('is refused: %s', async ([, period, body, code]) => {
    expectProblem(await importFile(period, body), code);
  });

  test('an unknown programme or batch is none, and a reason is needed for a decision', async () => {
    expectProblem(
      await post('/v1/subsidy-programmes/nowhere/batches?period=2026-11', { body: goodFile(1) }),
      'programme-unknown',
    );
    expectProblem(await get('/v1/subsidy-batches/99999'), 'batch-unknown');
    expectProblem(await get('/v1/subsidy-batches/x'), 'batch-unknown');
    for (const step of ['publication', 'proposal', 'run'])
      expectProblem(await post(`/v1/subsidy-batches/99999/${step}`), 'batch-unknown');
    const body = { decision: 'approved', reason: ' ' };
    expectProblem(
      await post('/v1/subsidy-batches/1/decision', { token: tokens.finance, body }),
      'invalid-request',
    );
    expectProblem(await get('/v1/subsidy-batches/1/lines?state=lost'), 'invalid-request');
    expectProblem(await get('/v1/subsidy-batches?limit=0'), 'invalid-request');
    expectProblem(await get('/v1/card-accounts/mine/subsidies?before=x', holderToken(1)), 'invalid-request');
  });
});
