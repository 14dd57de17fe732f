import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { admitToken } from '#access/tokens.ts';
import { formToken } from '#channels/pages/rules/form-token.ts';
import { demoSignIns } from '#demo/sign-ins.ts';
import { sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { leaksIn, plantedTexts } from '#testing/fuzz/planted.ts';
import { type FuzzRequest, fuzzRequests, fuzzRoutes, fuzzRoles as roles } from '#testing/fuzz/requests.ts';
import { signerOf } from '#testing/http/http-calls.ts';
import { masterKeyHex } from '#testing/http/http-town.ts';
import { type ServiceProcess, startServiceProcess } from '#testing/servers/service-process.ts';

const count = inject('fuzzRequests');
const seed = inject('fuzzSeed');
const atOnce = 8;

const databasePassword = 'pass-word-of-the-fuzzed-books';
const signIns = demoSignIns(openSecrets({ masterKeyHex, dataDir: '/' }));
const keyOf = (id: number) =>
  Buffer.from(signIns.terminals.find((terminal) => terminal.terminalId === id)?.key ?? '00', 'hex');
const sign = signerOf(keyOf);
const tokenOf = (role: string) => `fuzzed-token-of-${role}-Aa0_${'x'.repeat(20)}`;
const visit = 'fuzzed-visit-of-a-browser-Bb1_0123456789';

let folder: string;
let database: TestDatabase;
let owner: pg.Pool;
let service: ServiceProcess;
let address: string;
/** What came back with a problem, by the request that it answers. */
const answers: { readonly asked: string; readonly status: number; readonly text: string }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'one-card-fuzz-'));
  chmodSync(folder, 0o711);
  database = await createTestDatabase();
  owner = new pg.Pool({ connectionString: database.url, max: 2 });
  owner.on('error', () => undefined);
  const name = `fuzzer_${process.pid}`;
  await owner.query(`create role ${name} superuser login password '${databasePassword}'`);
  const url = new URL(database.url);
  [url.username, url.password] = [name, databasePassword];
  service = startServiceProcess({
    ...{ DATABASE_URL: url.href, MASTER_KEY: masterKeyHex, DATA_DIR: join(folder, 'kept') },
    ...{ LANES: '1', LOG_LEVEL: 'debug', DEMO: 'yes' },
  });
  address = await service.address;
  const expiresAt = new Date('2099-01-01T00:00:00Z');
  const { rows } = await owner.query('select id, role from access.staff order by id desc');
  const subjects = new Map(rows.map((row) => [row.role as string, BigInt(row.id)]));
  const others = new Map([
    ['holder', 1_000_000n],
    ['participant', 400_001n],
  ]);
  for (const role of roles) {
    const subjectId = subjects.get(role) ?? others.get(role) ?? 0n;
    await admitToken(sessionOf(owner), { role, subjectId, token: tokenOf(role), expiresAt });
  }
}, 60_000);
afterAll(async () => {
  await service?.stop();
  await owner
    ?.query(`drop owned by fuzzer_${process.pid}; drop role fuzzer_${process.pid}`)
    .catch(() => undefined);
  await owner?.end();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** The request as its caller would send it. */
function sentBy({ route, caller, target, headers, body, nth }: FuzzRequest): RequestInit {
  const method = route.method;
  const type: Record<string, string> = route.type === null ? {} : { 'content-type': route.type };
  const added = Object.fromEntries(headers);
  const content = method === 'POST' ? { body } : {};
  if (target.startsWith('/holder')) {
    const session = caller === 'holder' ? tokenOf('holder') : '';
    const token = formToken({ visit, session });
    const cookie = `holder-visit=${visit}; holder-session=${session}`;
    const own = { origin: address, 'sec-fetch-site': 'same-origin', cookie };
    const fields = method === 'POST' ? { body: `${body}&formToken=${encodeURIComponent(token)}` } : {};
    return { method, headers: { ...type, ...own, ...added }, ...fields };
  }
  if (caller === 'terminal' || caller === 'terminal-wrong') {
    const terminal = signIns.terminals[nth % signIns.terminals.length];
    const signed = sign(target, method === 'POST' ? body : '', {
      method,
      terminalId: terminal?.terminalId ?? 0,
    });
    const spoilt = caller === 'terminal' ? {} : { 'request-signature': tokenOf('holder') };
    return { method, headers: { ...signed.headers, ...type, ...spoilt, ...added }, ...content };
  }
  const bearer = caller === 'planted-token' ? (headers[0]?.[1] ?? '') : tokenOf(caller);
  const authorization: Record<string, string> =
    caller === 'nobody' ? {} : { authorization: `Bearer ${bearer}` };
  const key = { 'idempotency-key': `fuzz-${nth}` };
  return { method, headers: { ...type, ...key, ...authorization, ...added }, ...content };
}

async function send(request: FuzzRequest): Promise<void> {
  try {
    const answer = await fetch(`${address}${request.target}`, { ...sentBy(request), redirect: 'manual' });
    const text = await answer.text();
    const asked = `${request.nth} ${request.caller} ${request.route.method} ${request.route.path}`;
    answers.push({ asked, status: answer.status, text: answer.status >= 400 ? text : '' });
  } catch (error) {
    // What no HTTP client sends (a header that it refuses) is no request.
    if (!(error instanceof TypeError)) throw error;
  }
}

async function sendAll(requests: readonly FuzzRequest[]): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++])
      await send(request);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const poisoned = [
  ...[
    'idempotency.outcomes',
    'ledger.postings',
    'audit.events',
    'access.sign_in_failures',
    'access.holder_secrets',
  ],
  ...[
    'cards.events',
    'cards.persons',
    'cards.cards',
    'load_orders.bindings',
    'load_orders.orders',
    'bills.payments',
  ],
  ...['disbursements.batches', 'disbursements.lines', 'access.staff', 'transit.concessions'],
];
const poison = poisoned.map((table) => `alter table ${table} add constraint poison check (false) not valid`);
const antidote = poisoned.map((table) => `alter table ${table} drop constraint poison`);
const hidden = ['access.tokens', 'cards.cards', 'disbursements.programmes', 'audit.events'];
const nameOf = (table: string) => table.split('.')[1];
/** What an error quotes at the worst. A name or six digits alone are told from our own words and numbers by nobody. */
const quoted = plantedTexts
  .filter((text) => (text.match(/\p{Nd}/gu)?.length ?? 0) >= 8 || text.length > 30)
  .map((text) => `(${text})`)
  .join(' | ');
const betrayal = `create function public.betray() returns trigger language plpgsql as $$
  begin raise exception '%', '${quoted}' using detail = '${quoted}', hint = '${quoted}'; end $$`;
const betrayed = ['idempotency.outcomes', 'audit.events', 'cards.events', 'access.tokens'].map(
  (table) =>
    `create trigger betray before insert or update on ${table} for each row execute function public.betray()`,
);

/** Faults of the stores, each with as much in its error as PostgreSQL can put there; and what heals them. */
const harms: readonly (readonly [harm: string, heal: string])[] = [
  [poison.join(';'), antidote.join(';')],
  [[betrayal, ...betrayed].join(';'), 'drop function public.betray() cascade'],
  ...hidden.map((table): [string, string] => [
    `alter table ${table} rename to gone`,
    `alter table ${table.split('.')[0]}.gone rename to ${nameOf(table)}`,
  ]),
  [
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    'select 1',
  ],
];

/** An answer without what is the service's own: its random names, times and numbers. */
function withoutOwn(text: string): string {
  return (
    text
      .replace(/"(requestId|serverTime|transactionId|businessDate)":("[^"]*"|\d+)/g, '')
      .replace(/name="formToken" value="[^"]*"/g, '')
      // What a person typed in place of an amount stands in the field again, for that person.
      .replace(/id="(threshold|amount)" name="[^"]*" type="text" value="[^"]*"/g, '')
  );
}

const ownSecrets = [
  ...[masterKeyHex, databasePassword, visit, ...roles.map(tokenOf), signIns.financeToken],
  ...signIns.holders.flatMap((holder) => [holder.token, holder.cardNumber]),
  ...signIns.staff.flatMap(({ password, otpauthUri }) => [
    password,
    new URL(otpauthUri).searchParams.get('secret') ?? '',
  ]),
  ...signIns.terminals.flatMap(({ key, masterKey }) =>
    [key, masterKey].flatMap((hex) => [hex, Buffer.from(hex, 'hex').toString('base64')]),
  ),
];

test('nothing that was planted in requests to any route stands in log, error answers or audit trail, whatever fails', async () => {
  const requests = fuzzRequests(
    count,
    seed,
    signIns.holders.map((holder) => holder.cardNumber),
  );
  const share = Math.floor(count / (harms.length * 2));
  const healthy = count - share * harms.length;
  await sendAll(requests.slice(0, healthy));
  for (const [i, [harm, heal]] of harms.entries()) {
    const some = requests.slice(healthy + i * share, healthy + (i + 1) * share);
    const done = sendAll(some.slice(0, 4));
    await owner.query(harm).catch(() => undefined);
    await done;
    await sendAll(some.slice(4));
    await owner.query(heal);
  }
  const statuses = Map.groupBy(answers, ({ status }) => status);
  const called = new Set(answers.map(({ asked }) => asked.split(' ').slice(2).join(' ')));
  if (count >= 2_000) {
    expect(fuzzRoutes.filter(({ method, path }) => !called.has(`${method} ${path}`))).toEqual([]);
    for (const status of [200, 400, 401, 403, 404, 409, 415, 500])
      expect([...statuses.keys()]).toContain(status);
    expect(statuses.get(500)?.length).toBeGreaterThan(20);
  }

  const inAnswers = answers.map(
    ({ asked, status, text }) => [asked, status, leaksIn(withoutOwn(text), ownSecrets)] as const,
  );
  expect.soft(inAnswers.filter(([, , leaks]) => leaks.length > 0).slice(0, 20)).toEqual([]);

  const lines = service
    .stderr()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const inLog = lines.map(({ time: _, pid: __, ...line }) => {
    const text = withoutOwn(JSON.stringify(line));
    return leaksIn(text, ownSecrets);
  });
  expect.soft(inLog.filter((leaks) => leaks.length > 0).slice(0, 20)).toEqual([]);
  expect(lines.filter(({ msg }) => msg === 'a request failed').length).toBeGreaterThan(0);

  const { rows } = await owner.query(
    `select act, subject, reason from audit.events where act <> 'day-sealed'`,
  );
  const inTrail = rows.map(({ act, subject, reason }) => [
    ...[act, subject, reason],
    [...leaksIn(reason, ownSecrets), ...leaksIn(subject, ownSecrets, 10)],
  ]);
  expect(inTrail.filter(([, , , leaks]) => leaks.length > 0).slice(0, 20)).toEqual([]);
  expect((await fetch(`${address}/healthz`)).status).toBe(200);
}, 600_000);
