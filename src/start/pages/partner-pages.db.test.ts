import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admitToken } from '#access/tokens.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { payment } from '#testing/http/http-calls.ts';
import { type HttpTown, openHttpTown } from '#testing/http/http-town.ts';
import { createEndpoint } from '#webhooks/endpoints/keep-endpoints.ts';
import { feedEvents } from '#webhooks/feed/feed-events.ts';
import { partnerPages } from './partner-pages.ts';

const keyOf = (participant: number) => `key-of-participant-${String(participant).padStart(20, '0')}`;
const origin = 'http://card.example';
let database: TestDatabase;
let house: HttpTown;
let app: ReturnType<typeof partnerPages>['app'];
/** Endpoint of participant 1 with two messages, one given up; and one of participant 2. */
let mine: bigint;
let others: bigint;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url, { merchants: 2, cards: 2, webhookPrivateNetworks: true });
  const expiresAt = new Date('2099-01-01T00:00:00Z');
  for (const id of [1, 2])
    await admitToken(house.owner, {
      role: 'participant',
      subjectId: BigInt(id),
      token: keyOf(id),
      expiresAt,
    });
  const { pool, session, log, secrets, clearing, calls } = house.parts;
  const running = {
    pool,
    session,
    log,
    secrets,
    clearing,
    calls,
    publicUrl: origin,
    proxyAddress: undefined,
  };
  ({ app } = partnerPages(running));
  const listen = async (participantId: number) => {
    const by = { kind: 'participant', id: BigInt(participantId) } as const;
    const wish = { participantId, url: `http://127.0.0.1:9/${participantId}?a=<b>` };
    const made = await createEndpoint(house.parts.webhooks, wish, by);
    if (typeof made === 'string') throw new Error(made);
    return made.endpoint.id;
  };
  mine = await listen(1);
  others = await listen(2);
  await house.post('/v1/transactions', payment({ amount: 1_250 }));
  await house.post('/v1/transactions', payment({ amount: 3_400 }));
  await feedEvents({ pool });
  await pool.query(
    `update webhooks.messages set state = 'failed', ended_at = now()
      where id = (select min(id) from webhooks.messages where endpoint_id = $1)`,
    [mine],
  );
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

/** A browser as far as the pages need one: it keeps cookies and fills in forms. */
function browser() {
  const cookies = new Map<string, string>();
  let token = '';
  const go = async (path: string, init: RequestInit = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { 'accept-language': 'en', cookie, ...(init.headers as Record<string, string>) };
    const response = await app.request(`${origin}${path}`, { ...init, headers });
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      const at = pair.indexOf('=');
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const text = await response.text();
    token = /name="formToken" value="([^"]+)"/.exec(text)?.[1] ?? token;
    return { status: response.status, text, headers: response.headers };
  };
  /** Sends a form, and goes where its answer leads, as a browser does. */
  const post = async (
    path: string,
    fields: Record<string, string> = {},
    headers: Record<string, string> = { origin },
  ) => {
    const answer = await send(path, fields, headers);
    return answer.status === 303 && path !== '/partner/sign-in'
      ? go(answer.headers.get('location') ?? '')
      : answer;
  };
  const send = (path: string, fields: Record<string, string>, headers: Record<string, string>) =>
    go(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ formToken: token, ...fields }).toString(),
    });
  return {
    cookies,
    go,
    post,
    signIn: async (key: string) => {
      await go('/partner/sign-in');
      return post('/partner/sign-in', { apiKey: key });
    },
  };
}

describe('a partner', () => {
  test('signs in with its key, sees its endpoints and what they were sent, and sends it again', async () => {
    const at = browser();
    expect((await at.go('/partner')).headers.get('location')).toBe('/partner/sign-in');
    expect((await at.signIn(keyOf(1))).status).toBe(303);
    const home = await at.go('/partner');
    expect(home.text).toContain('http://127.0.0.1:9/1?a=%3Cb%3E');
    expect(home.text).toContain('whpk_');
    expect(home.text).not.toContain('127.0.0.1:9/2');
    const failed = await at.go(`/partner/endpoints/${mine}?state=failed`);
    const [, messageId] = /messages\/(msg_\d+)"/.exec(failed.text) ?? [];
    expect(failed.text.match(/<h2><a/g)).toHaveLength(1);
    const message = await at.go(`/partner/endpoints/${mine}/messages/${messageId}`);
    expect(message.text).toContain('transaction.booked');
    expect(message.text).toContain('Given up');
    const again = await at.post(`/partner/endpoints/${mine}/messages/${messageId}/replay`);
    expect(again.text).toContain('It will be sent again.');
    expect(again.text).toContain('Waiting');
    const all = await at.post(`/partner/endpoints/${mine}/replay`);
    expect(all.text).toContain('0 messages will be sent again.');
    expect((await at.post(`/partner/endpoints/${mine}/test`)).text).toContain('endpoint.test');
    expect((await at.post(`/partner/endpoints/${mine}/disable`)).text).toContain('Disabled by you');
    expect((await at.post(`/partner/endpoints/${mine}/test`)).status).toBe(409);
    expect((await at.post(`/partner/endpoints/${mine}/enable`)).text).toContain('Active');
    await at.post('/partner/sign-out');
    expect((await at.go('/partner')).status).toBe(303);
  });

  test('finds nothing of another’s, as if it were not there', async () => {
    const at = browser();
    await at.signIn(keyOf(1));
    const foreign = await at.go(`/partner/endpoints/${others}`);
    expect([foreign.status, (await at.go('/partner/endpoints/987654321')).status]).toEqual([404, 404]);
    expect((await at.post(`/partner/endpoints/${others}/disable`)).status).toBe(404);
    expect((await at.go(`/partner/endpoints/${mine}?state=nonsense`)).status).toBe(404);
  });

  test('is not let in with a wrong key, another role’s, or one that was revoked meanwhile', async () => {
    const at = browser();
    expect((await at.signIn('wrong')).status).toBe(401);
    expect((await at.signIn('finance-token-of-the-test-town-0001')).status).toBe(401);
    await at.signIn(keyOf(2));
    expect((await at.go('/partner')).status).toBe(200);
    await house.owner.run({
      name: 'revoke',
      text: `update access.tokens set ended_at = now() where role = 'participant' and subject_id = 2`,
    });
    expect((await at.go('/partner')).status).toBe(303);
  });

  test('keeps a cookie that tells nothing, and that ends', async () => {
    const at = browser();
    await at.signIn(keyOf(1));
    const sealed = at.cookies.get('partner-session') ?? '';
    expect(sealed).not.toContain(keyOf(1));
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('key-of-participant');
    const minute = 60_000;
    for (const [since, used, status] of [
      [32, 31, 303],
      [12 * 60 + 1, 1, 303],
      [11 * 60, 29, 200],
    ] as const) {
      const [began, last] = [since, used].map((minutes) => Date.now() - minutes * minute);
      const old = house.parts.secrets.sealCookie(Buffer.from(`${began} ${last} ${keyOf(1)}`));
      at.cookies.set('partner-session', old.toString('base64url'));
      expect((await at.go('/partner')).status).toBe(status);
      if (status === 303) expect((await at.go('/partner/sign-in')).text).toContain('has run out');
    }
    at.cookies.set('partner-session', 'nonsense');
    expect((await at.go('/partner')).status).toBe(303);
  });

  test('is safe from forms of other places', async () => {
    const at = browser();
    await at.signIn(keyOf(1));
    await at.go('/partner');
    const path = `/partner/endpoints/${mine}/disable`;
    expect((await at.post(path, {}, { origin: 'https://evil.example' })).status).toBe(409);
    expect((await at.post(path, {}, { origin, 'sec-fetch-site': 'cross-site' })).status).toBe(409);
    expect((await at.post(path, { formToken: 'x' })).status).toBe(409);
    expect((await at.go('/partner')).text).toContain('Active');
  });

  test('is told what is wrong with a form that is too long, and of a fault by its name alone', async () => {
    const at = browser();
    await at.signIn(keyOf(1));
    await at.go('/partner');
    const long = await at.post('/partner/sign-in', { apiKey: 'x'.repeat(5_000) });
    expect([long.status, long.text.includes('too long')]).toEqual([413, true]);
    const { pool, log, secrets, clearing, calls } = house.parts;
    const session = {
      run: async () => {
        throw new Error('relation "access.tokens" does not exist');
      },
    };
    const broken = {
      pool,
      session,
      log,
      secrets,
      clearing,
      calls,
      publicUrl: origin,
      proxyAddress: undefined,
    };
    const cookie = [...at.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await partnerPages(broken).app.request(`${origin}/partner`, { headers: { cookie } });
    const text = await answer.text();
    expect([answer.status, text.includes('<h1>'), text.includes('access.tokens')]).toEqual([
      500,
      true,
      false,
    ]);
  });

  test('shares its calls a minute with the interface, and does nothing more beyond them', async () => {
    const { pool, session, log, secrets, clearing } = house.parts;
    const calls = { take: (name: string) => (name === 'participant 1' ? 30 : 0) };
    const running = {
      pool,
      session,
      log,
      secrets,
      clearing,
      calls,
      publicUrl: origin,
      proxyAddress: undefined,
    };
    const { app: limited } = partnerPages(running);
    const at = browser();
    await at.signIn(keyOf(1));
    const cookie = [...at.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const path of ['/partner', `/partner/endpoints/${mine}`])
      expect((await limited.request(`${origin}${path}`, { headers: { cookie } })).status).toBe(429);
  });

  test('reads the pages in Chinese and English, without a script', async () => {
    const at = browser();
    const page = await at.go('/partner/sign-in');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.text).not.toContain('<script');
    expect(page.text).toContain('Partner sign-in');
    await at.go('/partner/language/zh');
    expect((await at.go('/partner/sign-in')).text).toContain('合作机构登录');
  });
});
