import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoSignIns } from '#demo/sign-ins.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { got, payment, signerOf } from '#testing/http/http-calls.ts';
import { masterKeyHex } from '#testing/http/http-town.ts';
import { type ServiceProcess, startServiceProcess } from '#testing/servers/service-process.ts';

const password = 'pass-word-of-the-books';
const signIns = demoSignIns(openSecrets({ masterKeyHex, dataDir: '/' }));
const keyOf = (id: number) =>
  Buffer.from(signIns.terminals.find((terminal) => terminal.terminalId === id)?.key ?? '', 'hex');
const sign = signerOf(keyOf);
const shopTerminal = 1_000_011;
const cards = signIns.holders.map((holder) => holder.cardNumber);

let folder: string;
let database: TestDatabase;
/** The test database under a role whose password we know, so that we can look for it. */
let url: string;

async function asOwner(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'one-card-main-'));
  chmodSync(folder, 0o711);
  database = await createTestDatabase();
  const name = `keeper_${process.pid}`;
  await asOwner(`create role ${name} superuser login password '${password}'`);
  const own = new URL(database.url);
  [own.username, own.password] = [name, password];
  url = own.href;
});
afterAll(async () => {
  await asOwner(`drop role if exists keeper_${process.pid}`);
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const settings = (over = {}) => ({
  DATABASE_URL: url,
  MASTER_KEY: masterKeyHex,
  DATA_DIR: join(folder, 'kept'),
  LANES: '1',
  LOG_LEVEL: 'debug',
  DEMO: 'yes',
  ...over,
});

describe('the log', () => {
  let service: ServiceProcess;
  let address: string;
  const bodies: string[] = [];
  const sent = new Set<string>();
  const cardOf = (n: number) => cards[n] ?? '';

  async function call(path: string, init: RequestInit) {
    const headers = init.headers as Record<string, string>;
    for (const name of ['request-signature', 'authorization']) if (headers[name]) sent.add(headers[name]);
    const answer = await got(fetch(`${address}${path}`, init));
    if (answer.status >= 400) bodies.push(answer.text);
    return answer;
  }
  const post = (path: string, body: unknown, over = {}) =>
    call(path, sign(path, body, { terminalId: shopTerminal, ...over }));
  /** A sign-in; its token is one of the texts that must be nowhere. */
  const signIn = async (body: object, path = '/v1/holder-sign-ins') => {
    const headers = { 'content-type': 'application/json' };
    const answer = await call(path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.status === 200) sent.add(`Bearer ${answer.json.token}`);
    return answer;
  };
  const read = (path: string, token: string) => call(path, { headers: { authorization: `Bearer ${token}` } });

  beforeAll(async () => {
    service = startServiceProcess(settings());
    address = await service.address;
  }, 60_000);
  afterAll(() => service?.stop());

  test('and the answers to failing requests hold no card number, key, token, signature or password, whatever goes wrong', async () => {
    const pay = (over = {}) => payment({ cardNumber: cardOf(1), localTime: '2026-11-22T08:00:00', ...over });
    const statuses = new Set<number>();
    const note = async (answer: Promise<{ status: number }>) => statuses.add((await answer).status);
    const path = '/v1/transactions';
    await note(post(path, pay()));
    await note(post(path, pay({ amount: 90_000 })));
    await note(post(path, pay({ cardNumber: '9999888877776666' })));
    await note(post(path, pay({ [cardOf(2)]: cardOf(2) })));
    await note(post(path, pay({ detail: { [cardOf(2)]: cardOf(2) } })));
    await note(post(path, pay({ sector: cardOf(2), currency: cardOf(2), localTime: cardOf(2) })));
    await note(post(path, `{"cardNumber":"${cardOf(2)}"`));
    await note(post(path, pay(), { key: `"${cardOf(2)}` }));
    await note(post(path, pay(), { key: cardOf(2) }));
    await note(post(path, pay(), { headers: { 'terminal-id': cardOf(2) } }));
    await note(post(path, pay(), { headers: { 'request-signature': keyOf(shopTerminal).toString('hex') } }));
    await note(post(path, pay(), { headers: { 'content-type': cardOf(2) } }));
    await note(post(path, pay(), { timeMs: Date.now() - 900_000 }));
    await note(post(`/v1/transactions/${cardOf(2)}/refunds`, pay()));
    await note(post(`/${cardOf(2)}?card=${cardOf(2)}`, pay()));
    await note(
      post('/v1/transactions/batch', { transactions: [pay(), { cardNumber: cardOf(3) }] }, { key: null }),
    );
    await note(post('/v1/card-inquiries', { cardNumber: cardOf(4) }, { key: null }));
    await note(read('/v1/card-accounts/mine/balances', signIns.holders[0]?.token ?? ''));
    await note(read('/v1/business-days/current', signIns.holders[0]?.token ?? ''));
    await note(read('/v1/business-days/current/nets', signIns.financeToken));
    await note(read(`/v1/card-accounts/${cardOf(2)}/balances`, signIns.financeToken));
    await note(read(`/v1/card-accounts/mine/balances?token=${signIns.financeToken}`, cardOf(2)));
    const { queryPassword } = signIns.holders[8] ?? { queryPassword: '' };
    const signedIn = await signIn({ cardNumber: cardOf(8), password: queryPassword });
    expect(signedIn.status).toBe(200);
    await note(read('/v1/card-accounts/mine/balances', signedIn.json.token));
    await note(signIn({ cardNumber: cardOf(9), password: '111112' }));
    await note(signIn({ cardNumber: cardOf(9), password: cardOf(2) }));
    const [staff] = signIns.staff;
    await note(
      signIn({ name: staff?.name, password: staff?.password, code: '000000' }, '/v1/staff-sign-ins'),
    );
    await note(signIn({ name: cardOf(2), password: staff?.password, code: 'x' }, '/v1/staff-sign-ins'));

    // Faults of ours, each with as much in its error as PostgreSQL can put there.
    for (const [harm, heal] of [
      [
        `alter table idempotency.outcomes add constraint poison check (kind <> 1) not valid`,
        `alter table idempotency.outcomes drop constraint poison`,
      ],
      [`alter table cards.cards rename to gone`, `alter table cards.gone rename to cards`],
      [`alter table access.tokens rename to gone`, `alter table access.gone rename to tokens`],
      [
        `alter table access.holder_secrets rename to gone`,
        `alter table access.gone rename to holder_secrets`,
      ],
      [`alter table ledger.accounts rename to gone`, `alter table ledger.gone rename to accounts`],
    ] as const) {
      await asOwner(harm);
      await note(post(path, pay({ cardNumber: cardOf(5) })));
      await note(post(path, pay({ cardNumber: cardOf(6) })));
      await note(post('/v1/card-inquiries', { cardNumber: cardOf(7) }, { key: null }));
      await note(read('/v1/card-accounts/mine/balances', signIns.holders[1]?.token ?? ''));
      await note(signIn({ cardNumber: cardOf(10), password: queryPassword }));
      await asOwner(heal);
    }
    await asOwner(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
    await note(post(path, pay()));
    expect([...statuses].sort()).toEqual(
      [200, 400, 401, 402, 403, 404, 409, 415, 500].filter((s) => statuses.has(s)),
    );
    for (const status of [200, 400, 401, 403, 404, 415, 500]) expect(statuses).toContain(status);

    const log = service.stderr();
    expect(log.match(/"msg":"a request failed"/g)?.length).toBeGreaterThan(4);
    const secrets = [
      ...cards,
      '9999888877776666',
      ...sent,
      ...[...sent].map((token) => token.replace('Bearer ', '')),
      signIns.financeToken,
      ...signIns.holders.map((holder) => holder.token),
      ...signIns.staff.flatMap(({ password, otpauthUri }) => [
        password,
        new URL(otpauthUri).searchParams.get('secret') ?? '',
      ]),
      ...signIns.terminals.map((terminal) => terminal.key),
      ...signIns.terminals.map((terminal) => terminal.masterKey),
      ...signIns.terminals.map((terminal) => Buffer.from(terminal.key, 'hex').toString('base64')),
      masterKeyHex,
      password,
    ];
    const everywhere = `${log}\n${bodies.join('\n')}`;
    expect(secrets.filter((secret) => everywhere.includes(secret))).toEqual([]);
    expect(bodies.length).toBeGreaterThan(15);
  });

  test('is a JSON object a line, and nothing else is on stderr', () => {
    for (const line of service.stderr().trim().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), msg: expect.any(String) });
    }
  });

  test('is not on stdout: there is the banner with the sign-ins, once, and no key of the books', async () => {
    const banner = service.stdout();
    expect(banner).toContain(`Bearer ${signIns.financeToken}`);
    expect(banner.match(/is running/g)).toHaveLength(1);
    expect(banner).toMatch(/^ {2}terminals {2}127\.0\.0\.1:\d+ {3}ISO 8583, unionpay-pos$/m);
    expect(banner.split('\n').length).toBeLessThan(32);
    for (const secret of [masterKeyHex, password, ...cards]) expect(banner).not.toContain(secret);
  });

  test('ends with the service: SIGTERM is a stop with code 0', async () => {
    expect(await service.stop()).toBe(0);
    expect(service.stderr()).toContain('"msg":"stopped"');
  });
});

describe('the service with its own database', () => {
  test('goes on with its data after a stop, with the same sign-ins', async () => {
    const env = { DATA_DIR: join(folder, 'own'), LANES: '1' };
    const path = '/v1/transactions';
    const body = payment({ cardNumber: cards[1], localTime: '2026-11-22T08:00:00' });
    const start = async () => {
      const service = startServiceProcess(env);
      const address = await service.address;
      const [, key = ''] = /terminal +1000011 +shops +key ([0-9a-f]{64})/.exec(service.stdout()) ?? [];
      const pay = () => {
        const call = signerOf(() => Buffer.from(key, 'hex'))(path, body, {
          terminalId: shopTerminal,
          key: 'one',
        });
        return got(fetch(`${address}${path}`, call));
      };
      return { service, key, pay };
    };
    const one = await start();
    const first = await one.pay();
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([200, null]);
    expect(await one.service.stop('SIGINT')).toBe(0);
    expect(existsSync(join(env.DATA_DIR, 'postgresql', 'postmaster.pid'))).toBe(false);
    const two = await start();
    const again = await two.pay();
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([first.text, 'true']);
    expect(two.key).toBe(one.key);
    await two.service.stop();
  }, 60_000);
});
