import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StaffRole, staffRoles } from '#access/staff/store.ts';
import { readAudit } from '#audit/store.ts';
import { findCards } from '#cards/people/find-cards.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { hainanDay } from '#platform/calendar.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { holderNumber, townPassword } from '#testing/holder/holder-cards.ts';
import { type HolderClient, holderClient, ownHeaders } from '#testing/holder/holder-client.ts';
import { type HolderTown, openHolderTown } from '#testing/holder/holder-town.ts';
import {
  addMember,
  memberPassword,
  signedInClient,
  type TestMember,
} from '#testing/staff-pages/staff-client.ts';
import { staffApp } from './staff-app.ts';
import type { StaffParts } from './staff-parts.ts';
import { mayList, mayOpen, maySend } from './who-may.ts';

let database: TestDatabase;
let town: HolderTown;
const clients = new Map<StaffRole, HolderClient>();
const members = new Map<StaffRole, TestMember>();
const today = hainanDay(Date.now());
let nameCount = 0;

const client = (role: StaffRole) => clients.get(role) as HolderClient;

async function newMember(role: StaffRole): Promise<TestMember> {
  nameCount += 1;
  return addMember(town.parts, { name: `${role}-t${nameCount}`, displayName: `<b>${role}</b>`, role });
}

beforeAll(async () => {
  database = await createTestDatabase();
  town = await openHolderTown(database.url);
  for (const role of staffRoles) {
    const member = await newMember(role);
    members.set(role, member);
    clients.set(role, await signedInClient(town.app, member));
  }
  await failLoad();
}, 180_000);
afterAll(async () => {
  await town?.close();
  await database?.drop();
});

const loadId = 990_001n;
let loadAccount = 0n;

/** A load that failed, as the bank's contradiction leaves one, by the way that loads go. */
async function failLoad(): Promise<void> {
  const { cardAccountId, cardId: id } = town.cards.other;
  loadAccount = cardAccountId;
  const bucket = bucketOf(cardAccountId);
  await town.owner.run(
    {
      name: 'testing-load',
      text: `insert into load_orders.orders (id, card_account_id, card_id, binding_id, amount_fen, due_at, terminal_id,
          bucket, caller_key, purse, state)
        values ($1, $2, $3, 1, 5000, now(), 1, $4, gen_random_uuid(), 'online', 'requested') on conflict do nothing`,
    },
    [loadId, cardAccountId, id, bucket],
  );
  for (const state of ['returning', 'failed'])
    await town.owner.run(
      {
        name: 'testing-move-load',
        text: `update load_orders.orders set state = $3, reason = 'bank-contradicts'
          where bucket = $1 and id = $2 and state in ('requested', 'returning')`,
      },
      [bucket, loadId, state],
    );
}

const cardId = () => String(town.cards.lively.cardId);
const filled = (path: string) =>
  path
    .replace('/load/:account/:id', `/load/${loadAccount}/${loadId}`)
    .replace(':id', cardId())
    .replace(':act', 'lock')
    .replace(':date', today);
const listed = Object.entries(mayList) as [string, readonly StaffRole[]][];
const opened = Object.entries(mayOpen) as [string, readonly StaffRole[]][];
const sent = Object.entries(maySend) as [string, readonly StaffRole[]][];
const pages = [...listed, ...listed.map(([path, who]) => [`${path}/export`, who] as const), ...opened];
const needed = (path: string) =>
  path.startsWith('/staff/items') || path.startsWith('/staff/nets') ? `?day=${today}&participant=100001` : '';

const notYours = /没有权限/;
/** The form token of a page that everybody has. */
async function tokenOf(who: HolderClient): Promise<string> {
  const page = await who.get('/staff/password');
  return /name="formToken" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
}

describe('each page is for exactly the roles of the one table', () => {
  test.each(pages)('GET %s', async (path, who) => {
    for (const role of staffRoles) {
      const got = await client(role).get(filled(path) + needed(path));
      if (who.includes(role)) expect([path, role, got.status]).toEqual([path, role, 200]);
      else expect([path, role, got.status, notYours.test(got.text)]).toEqual([path, role, 403, true]);
    }
    const nobody = await holderClient(town.app).get(filled(path) + needed(path));
    expect(nobody.status).toBe(303);
    expect(nobody.location).toMatch(/^\/staff\/sign-in/);
  });

  test.each(sent)('POST %s', async (path, who) => {
    for (const role of staffRoles) {
      const body = String(new URLSearchParams({ formToken: await tokenOf(client(role)) }));
      const got = await client(role).post(filled(path), { body });
      expect([path, role, notYours.test(got.text)]).toEqual([path, role, !who.includes(role)]);
    }
  });

  test('no route is outside of the table, but those of the sign-in', () => {
    const open = ['/staff/sign-in', '/staff/sign-out', '/staff/view', '/staff/assets/:name', '/*', '*'];
    const routes = staffApp(town.parts as unknown as StaffParts).routes.map(
      ({ method, path }) => `${method} ${path}`,
    );
    const known = [...pages.map(([path]) => `GET ${path}`), ...sent.map(([path]) => `POST ${path}`)];
    const others = new Set(
      routes.filter((route) => !known.includes(route)).map((route) => route.split(' ')[1] ?? ''),
    );
    expect([...others].filter((path) => !open.includes(path))).toEqual([]);
    expect(known.filter((route) => !routes.includes(route))).toEqual([]);
  });

  test('a holder is nobody here, whatever the cookie is called', async () => {
    const holder = holderClient(town.app);
    await holder.signIn(holderNumber('lively'), townPassword);
    const token = holder.cookies.get('holder-session') ?? '';
    expect(token).not.toBe('');
    expect((await holder.get('/staff')).location).toBe('/staff/sign-in');
    holder.cookies.set('staff-session', token);
    const asStaff = await holder.get('/staff');
    expect([asStaff.status, asStaff.location]).toEqual([303, '/staff/sign-in?expired=1']);
    // And the other way round.
    const operator = await signedInClient(town.app, await newMember('operator'));
    operator.cookies.set('holder-session', operator.cookies.get('staff-session') ?? '');
    expect((await operator.get('/holder')).location).toMatch(/^\/holder\/sign-in/);
  });
});

describe('signing in', () => {
  test('a first password opens nothing but its change', async () => {
    const member = await newMember('finance');
    const fresh = holderClient(town.app);
    const { name, oneTimePassword: password } = member;
    const signIn = { name, password, code: member.code(0) };
    const answer = await fresh.submit('/staff/sign-in', '/staff/sign-in', signIn);
    expect(answer.location).toBe('/staff/password');
    for (const path of ['/staff', '/staff/days', '/staff/participants/export'])
      expect((await fresh.get(path)).location).toBe('/staff/password');
    const weak = { current: password, next: 'short', again: 'short' };
    expect((await fresh.submit('/staff/password', '/staff/password', weak)).status).toBe(422);
    const before = fresh.cookies.get('staff-session');
    const next = { current: password, next: memberPassword, again: memberPassword };
    expect((await fresh.submit('/staff/password', '/staff/password', next)).location).toBe(
      '/staff/password?done=1',
    );
    expect(fresh.cookies.get('staff-session')).not.toBe(before);
    expect((await fresh.get('/staff')).status).toBe(200);
    // The code that was used is not good again.
    const again = holderClient(town.app);
    const used = { name, password: memberPassword, code: member.code(0) };
    expect((await again.submit('/staff/sign-in', '/staff/sign-in', used)).status).toBe(422);
    expect(again.cookies.has('staff-session')).toBe(false);
  });

  test('leads back to the page with its filter, and to nowhere else', async () => {
    const nobody = holderClient(town.app);
    const asked = await nobody.get('/staff/participants?sector=shops');
    expect(asked.location).toBe('/staff/sign-in?back=%2Fstaff%2Fparticipants%3Fsector%3Dshops');
    const evil = await nobody.get('/staff/sign-in?back=//evil.example');
    expect(evil.text).toContain('name="back" value="/staff"');
  });

  test('sign-out ends the session itself, so that a copied cookie is worth nothing', async () => {
    const who = await signedInClient(town.app, await newMember('operator'));
    const copied = who.cookies.get('staff-session') ?? '';
    await who.submit('/staff', '/staff/sign-out', {});
    expect(who.cookies.has('staff-session')).toBe(false);
    who.cookies.set('staff-session', copied);
    expect((await who.get('/staff')).location).toBe('/staff/sign-in?expired=1');
  });

  test('fifteen minutes without a call are too long', async () => {
    const member = await newMember('operator');
    const who = await signedInClient(town.app, member);
    const idle = (minutes: number) =>
      town.owner.run(
        {
          name: 'testing-idle',
          text: `update access.tokens set last_seen_at = now() - make_interval(mins => $2) where subject_id = $1 and role = 'operator'`,
        },
        [member.id, minutes],
      );
    await idle(14);
    expect((await who.get('/staff')).status).toBe(200);
    await idle(16);
    expect((await who.get('/staff')).location).toBe('/staff/sign-in?expired=1');
  });
});

describe('forms', () => {
  const statusNow = async () => {
    const actor = { kind: 'system', id: 0n } as const;
    const { pool, secrets } = town.parts;
    const [card] = await findCards(pool, secrets, { search: { cardId: town.cards.lively.cardId }, actor });
    return { status: card?.status, events: card?.events.length ?? 0 };
  };
  const unescaped = (text: string) =>
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const hiddenOf = (html: string) =>
    Object.fromEntries(
      [...html.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name, value = '']) => [
        name,
        unescaped(value),
      ]),
    );
  const encode = (fields: Record<string, string>) => String(new URLSearchParams(fields));

  async function confirmation(act: string, reason = 'a test', fields: Record<string, string> = {}) {
    const path = `/staff/cards/${cardId()}`;
    const page = await client('operator').submit(`${path}/act/${act}`, `${path}/review`, {
      act,
      reason,
      ...fields,
    });
    expect(page.status).toBe(200);
    return hiddenOf(page.text) as Record<string, string>;
  }
  const act = (fields: Record<string, string>) =>
    client('operator').post(`/staff/cards/${cardId()}/act`, { body: encode(fields) });

  test('a card is locked and unlocked by a second click, which a double click does not do twice', async () => {
    const before = await statusNow();
    expect(before.status).toBe('active');
    const fields = await confirmation('lock', 'lost <script>alert(1)</script>');
    expect((await statusNow()).status).toBe('active');
    const answers = await Promise.all([act(fields), act(fields)]);
    expect(answers.map(({ status, location }) => [status, location])).toEqual(
      Array(2).fill([303, `/staff/cards/${cardId()}?done=lock`]),
    );
    expect(await statusNow()).toEqual({ status: 'locked', events: before.events + 1 });
    const page = await client('auditor').get(`/staff/cards/${cardId()}`);
    expect(page.text).toContain('lost &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.text).not.toContain('<script');
    await act(await confirmation('unlock'));
    expect(await statusNow()).toEqual({ status: 'active', events: before.events + 2 });
    const audit = await readAudit(town.owner, {
      before: null,
      subject: `card ${cardId()}`,
      act: 'card-locked',
      limit: 5,
    });
    expect(audit[0]?.actor).toEqual({ kind: 'staff', id: members.get('operator')?.id });
  });

  test('nothing else than what was shown is confirmed', async () => {
    const fields = await confirmation('lock');
    for (const changed of [
      { act: 'close' },
      { reason: 'another' },
      { before: 'locked' },
      { seal: '' },
      { usable: 'yes' },
      { seal: `${fields['seal']}x` },
    ]) {
      const got = await act({ ...fields, ...changed });
      expect([changed, got.status]).toEqual([changed, 403]);
    }
    expect((await statusNow()).status).toBe('active');
    // Nor is it for another card.
    const other = `/staff/cards/${town.cards.other.cardId}/act`;
    expect((await client('operator').post(other, { body: encode(fields) })).status).toBe(403);
    // Nor by somebody else.
    const colleague = await signedInClient(town.app, await newMember('operator'));
    const own = { ...fields, formToken: await tokenOf(colleague) };
    expect((await colleague.post(`/staff/cards/${cardId()}/act`, { body: encode(own) })).status).toBe(403);
  });

  test('what changed since it was shown is looked at anew', async () => {
    const close = await confirmation('close');
    await act(await confirmation('lock'));
    const got = await act(close);
    expect(got.status).toBe(409);
    expect((await statusNow()).status).toBe('locked');
    await act(await confirmation('unlock'));
  });

  test('a refusal of the card’s life is told, and nothing is done', async () => {
    const got = await act(await confirmation('close'));
    expect(got.status).toBe(409);
    expect(got.text).toContain('卡账户里还有余额或冻结款');
  });

  test('a replacement asks for the new number twice, with the second click alone', async () => {
    const path = `/staff/cards/${town.cards.fresh.cardId}`;
    const page = await client('operator').submit(`${path}/act/replace`, `${path}/review`, {
      ...{ act: 'replace', reason: 'worn out', usable: 'yes' },
    });
    const fields = hiddenOf(page.text) as Record<string, string>;
    const post = (newNumber: string, again: string) =>
      client('operator').post(`${path}/act`, { body: encode({ ...fields, newNumber, again }) });
    expect((await post('9460000000009901', '9460000000009902')).status).toBe(422);
    expect((await post(holderNumber('other'), holderNumber('other'))).status).toBe(409);
    const done = await post('9460 0000 0000 9901', '9460000000009901');
    expect(done.location).toMatch(/^\/staff\/cards\/\d+\?done=replace$/);
    expect(done.location).not.toContain(String(town.cards.fresh.cardId));
    expect((await post('9460000000009901', '9460000000009901')).location).toBe(done.location);
    expect((await client('operator').get(done.location)).text).toContain('9901');
  });

  test('at the counter the card must be there: another number opens nothing', async () => {
    const fields = await confirmation('reset-password');
    expect((await act({ ...fields, cardNumber: holderNumber('other') })).status).toBe(409);
    expect((await act({ ...fields, cardNumber: 'x' })).status).toBe(422);
    const done = await act({ ...fields, cardNumber: holderNumber('lively') });
    expect(done.status).toBe(200);
    expect(done.text).toMatch(/class="secret">\d{6}</);
    expect(done.headers.get('cache-control')).toBe('no-store');
    const pin = await act({ ...(await confirmation('release-pin')), cardNumber: holderNumber('lively') });
    expect([303, 409]).toContain(pin.status);
    const lock = await act({
      ...(await confirmation('release-sign-in')),
      cardNumber: holderNumber('lively'),
    });
    expect(lock.location).toBe(`/staff/cards/${cardId()}?done=release-sign-in`);
  });

  test('without the token, from another site, or in another type nothing is done', async () => {
    const fields = await confirmation('lock');
    const path = `/staff/cards/${cardId()}/act`;
    const bare = { ...fields, formToken: 'x' };
    expect((await client('operator').post(path, { body: encode(bare) })).status).toBe(403);
    for (const headers of [
      { ...ownHeaders, origin: 'https://evil.example' },
      { ...ownHeaders, 'sec-fetch-site': 'cross-site' },
    ])
      expect((await client('operator').post(path, { body: encode(fields), headers })).status).toBe(403);
    const json = { ...ownHeaders, 'content-type': 'application/json' };
    expect(
      (await client('operator').post(path, { body: JSON.stringify(fields), headers: json })).status,
    ).toBe(400);
    expect((await statusNow()).status).toBe('active');
  });

  test('a search never puts a number into an address or onto a page', async () => {
    const number = holderNumber('lively');
    const found = await client('operator').submit('/staff/cards', '/staff/cards/search', {
      cardNumber: number,
      idNumber: '',
    });
    expect(found.location).toBe(`/staff/cards/${cardId()}`);
    const page = await client('operator').get(found.location);
    expect(page.text).not.toContain(number);
    expect(page.text).toContain(number.slice(-4));
    const unknown = await client('operator').submit('/staff/cards', '/staff/cards/search', {
      ...{ cardNumber: '9460000000000009', idNumber: '' },
    });
    expect(unknown.text).not.toContain('9460000000000009');
    const both = { cardNumber: number, idNumber: '460100194905010000' };
    expect((await client('operator').submit('/staff/cards', '/staff/cards/search', both)).status).toBe(422);
  });

  test('a failed load is resumed once, by whoever confirms first', async () => {
    const path = `/staff/load/${loadAccount}/${loadId}`;
    const page = await client('operator').submit(path, `${path}/review`, { reason: 'the bank found it' });
    const fields = hiddenOf(page.text) as Record<string, string>;
    const resume = (body: Record<string, string>) =>
      client('operator').post(`${path}/resume`, { body: encode(body) });
    expect((await resume({ ...fields, reason: 'another' })).status).toBe(403);
    const answers = await Promise.all([resume(fields), resume(fields)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    await failLoad();
  });

  test('the day is closed by a second click of finance, and only once', async () => {
    const page = await client('finance').get(`/staff/day/${today}/close`);
    const fields = hiddenOf(page.text) as Record<string, string>;
    const close = (date: string) =>
      client('finance').post(`/staff/day/${date}/close`, { body: encode(fields) });
    // A confirmation is of its day.
    expect((await close('2020-01-01')).status).toBe(404);
    const answers = await Promise.all([close(today), close(today)]);
    expect(answers.map(({ location }) => location).sort()).toEqual(
      [`/staff/day/${today}?done=again`, `/staff/day/${today}?done=closed`].sort(),
    );
    const closed = await client('auditor').get(`/staff/day/${today}`);
    expect(closed.text).toMatch(/<code>[0-9a-f]{64}<\/code>/);
    expect(closed.text).not.toContain(`/staff/day/${today}/close`);
  });
});
