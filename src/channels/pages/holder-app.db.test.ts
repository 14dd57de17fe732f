import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkPin, releasePin } from '#access/payment-pin.ts';
import { resetQueryPassword } from '#access/query-password.ts';
import { lockFailures } from '#access/rules/delays.ts';
import { admitToken } from '#access/tokens.ts';
import { systemActor } from '#audit/rules/event.ts';
import { readAudit } from '#audit/store.ts';
import { consentVersion } from '#channels/pages/consent-version.ts';
import { openLog } from '#platform/log.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { type HolderCard, holderNumber, townPassword, townPin } from '#testing/holder/holder-cards.ts';
import { type HolderClient, holderClient, ownHeaders } from '#testing/holder/holder-client.ts';
import { type HolderTown, openHolderTown } from '#testing/holder/holder-town.ts';
import { townRequest } from '#testing/town.ts';

let database: TestDatabase;
let town: HolderTown;
const logged: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const log = openLog('debug', { write: (line) => void logged.push(line) });
  town = await openHolderTown(database.url, { log });
});
afterAll(async () => {
  await town?.close();
  await database?.drop();
});

async function signedIn(card: HolderCard): Promise<HolderClient> {
  const client = holderClient(town.app);
  const answer = await client.signIn(holderNumber(card), townPassword);
  expect([answer.status, answer.location]).toEqual([303, '/holder']);
  return client;
}
const pages = [
  '/holder',
  '/holder/history',
  '/holder/loss',
  '/holder/loss/confirm?kind=formal',
  '/holder/subsidies',
  '/holder/bills',
  '/holder/mandate',
  '/holder/settings',
];

describe('every answer', () => {
  test.each([
    '/holder/sign-in',
    '/holder',
    '/holder/nothing',
    '/holder/assets/none.css',
    '/holder/history/x',
  ])('of %s forbids scripts, frames, outside hosts and keeping a copy', async (path) => {
    const { headers } = await holderClient(town.app).get(path);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  test('holds no script, no inline style, no address of another host', async () => {
    const client = await signedIn('lively');
    for (const path of [...pages, '/holder/sign-in']) {
      const { text } = await client.get(path);
      expect(text, path).not.toMatch(/<script|<style|<[^>]*\s(style|on\w+)=|javascript:|https?:\/\//i);
    }
  });

  test('the stylesheet is kept for ever under the hash of its content', async () => {
    const client = holderClient(town.app);
    const { text } = await client.get('/holder/sign-in');
    const href = /href="(\/holder\/assets\/holder\.[\w-]{12}\.css)"/.exec(text)?.[1] ?? '';
    const sheet = await client.get(href);
    expect(sheet.status).toBe(200);
    expect(sheet.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(sheet.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(sheet.headers.getSetCookie()).toEqual([]);
  });
});

describe('the cookies', () => {
  test('are for our own pages only, and for no script', async () => {
    const client = holderClient(town.app);
    const form = await client.get('/holder/sign-in');
    const signed = await client.signIn(holderNumber('lively'), townPassword);
    for (const line of [...form.headers.getSetCookie(), ...signed.headers.getSetCookie()]) {
      expect(line).toMatch(/^holder-(visit|session)=[\w-]{43}; /);
      expect(line).toMatch(/; Path=\/holder; HttpOnly; SameSite=Strict$/);
    }
  });

  test('behind https are secure by flag and by name, and the browser is told to stay with https', async () => {
    const answer = await town.behind('https://card.example').request('http://inside/holder/sign-in');
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Secure-holder-visit=[\w-]{43}; Path=\/holder; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
  });
});

describe('a form', () => {
  const loss = 'kind=temporary';

  test.each([
    ['no token', ownHeaders, loss],
    ['a token of nobody', ownHeaders, `${loss}&formToken=${'x'.repeat(43)}`],
    ['the origin of another page', { ...ownHeaders, origin: 'https://evil.example' }, null],
    [
      'the word of the browser that it is from elsewhere',
      { ...ownHeaders, 'sec-fetch-site': 'cross-site' },
      null,
    ],
    ['neither origin nor that word', { 'content-type': ownHeaders['content-type'] }, null],
  ])('with %s is refused, and nothing is done', async (_, headers, given) => {
    const client = await signedIn('fresh');
    const page = await client.get('/holder/loss/confirm?kind=temporary');
    const token = /name="formToken" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const body = given ?? String(new URLSearchParams({ kind: 'temporary', formToken: token }));
    const answer = await client.post('/holder/loss', { body, headers });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('页面已过期');
    expect((await client.get('/holder')).text).not.toContain('临时挂失');
  });

  test('with the token of another session is refused', async () => {
    const [mine, other] = [await signedIn('fresh'), await signedIn('other')];
    const page = await other.get('/holder/settings');
    const formToken = /name="formToken" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const body = String(new URLSearchParams({ formToken, kind: 'formal' }));
    expect((await mine.post('/holder/loss', { body })).status).toBe(403);
  });

  const json = { ...ownHeaders, 'content-type': 'application/json' };
  test.each([
    ['of another type', 400, { body: 'a=1', headers: json }],
    ['with a field twice', 400, { body: 'kind=formal&kind=temporary' }],
    ['with too many fields', 400, { body: Array.from({ length: 13 }, (_, i) => `f${i}=1`).join('&') }],
    ['with a field too long', 400, { body: `kind=${'x'.repeat(1_001)}` }],
    ['of more than 8 KiB', 413, { body: `kind=${'x'.repeat(9_000)}` }],
  ])('%s is answered with %i and a page that says so', async (_, status, sent) => {
    const answer = await (await signedIn('fresh')).post('/holder/loss', sent);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain('没有办理');
  });
});

describe('the sign-in', () => {
  test('that fails shows the page again, with neither the number nor the password in it', async () => {
    const client = holderClient(town.app);
    const answer = await client.signIn(holderNumber('lively'), 'wrong-one');
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('卡号或查询密码不正确');
    expect(answer.text).not.toContain(holderNumber('lively'));
    expect(answer.text).not.toContain('wrong-one');
    expect(client.cookies.has('holder-session')).toBe(false);
  });

  test('tells what is wrong with each field', async () => {
    const client = holderClient(town.app);
    const answer = await client.signIn('12ab', '');
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('卡号应为 9 到 19 位数字或字母');
    expect(answer.text).toContain('请输入查询密码');
  });

  test('that was locked after too many tries says so in both languages', async () => {
    const client = holderClient(town.app);
    for (let i = 0; i < 3; i++) await client.signIn(holderNumber('toLock'), 'wrong');
    const early = await client.signIn(holderNumber('toLock'), townPassword);
    expect([early.status, early.text.includes('请稍候片刻再试')]).toEqual([429, true]);
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0);
    for (let i = 3; i < lockFailures; i++) {
      await town.passDelays();
      await client.signIn(holderNumber('toLock'), 'wrong');
    }
    const locked = await client.signIn(holderNumber('toLock'), townPassword);
    expect([locked.status, locked.text.includes('查询密码已锁定')]).toEqual([403, true]);
    await client.get('/holder/view?language=en&back=/holder/sign-in');
    const english = await client.signIn(holderNumber('toLock'), townPassword);
    expect(english.text).toContain('the query password is locked');
  });

  test('speaks the language of the browser until one is chosen', async () => {
    const shown = async (cookie: string) => {
      const headers = { 'accept-language': 'en-US,en;q=0.9', cookie };
      const page = await town.app.request('http://localhost/holder/sign-in', { headers });
      return /<html lang="([^"]+)"/.exec(await page.text())?.[1];
    };
    expect(await shown('')).toBe('en');
    expect(await shown('holder-look=zh-standard')).toBe('zh-CN');
    expect((await holderClient(town.app).get('/holder/sign-in')).text).toContain('<html lang="zh-CN"');
  });

  test('takes a number as people type it: with spaces, and small letters for capitals', async () => {
    const client = holderClient(town.app);
    const typed = holderNumber('toLose')
      .toLowerCase()
      .replace(/(.{4})/g, '$1 ');
    expect((await client.signIn(typed, townPassword)).location).toBe('/holder');
    // A sign that only becomes a capital in some alphabet is none.
    expect((await client.signIn(typed.replace('s', 'ſ').replace('n', 'ſ'), townPassword)).status).toBe(422);
    const { text } = await client.get('/holder/sign-in');
    expect(text).toMatch(/id="cardNumber"[^>]*inputmode="text" autocapitalize="characters"/);
  });

  test('leads back to the page that was asked for, and to no other host', async () => {
    const client = holderClient(town.app);
    const asked = await client.get('/holder/history?before=77');
    expect([asked.status, asked.location]).toEqual([
      303,
      '/holder/sign-in?back=%2Fholder%2Fhistory%3Fbefore%3D77',
    ]);
    const form = await client.get(asked.location);
    const back = /name="back" value="([^"]+)"/.exec(form.text)?.[1] ?? '';
    const fields = { cardNumber: holderNumber('lively'), password: townPassword };
    const signed = await client.submit(asked.location, '/holder/sign-in', { ...fields, back });
    expect(signed.location).toBe('/holder/history?before=77');
    const lured = await client.submit('/holder/sign-in', '/holder/sign-in', {
      ...fields,
      back: '//evil.example',
    });
    expect(lured.location).toBe('/holder');
  });

  test('whose time is over is said to be over, and ends where it was', async () => {
    const client = holderClient(town.app);
    await client.get('/holder/sign-in');
    const token = 'token-that-is-over-'.padEnd(43, '0');
    const subjectId = town.cards.lively.cardAccountId;
    await admitToken(town.owner, {
      role: 'holder',
      subjectId,
      token,
      expiresAt: new Date(Date.now() - 1_000),
    });
    client.cookies.set('holder-session', token);
    const asked = await client.get('/holder/bills');
    expect(asked.location).toBe('/holder/sign-in?back=%2Fholder%2Fbills&expired=1');
    expect(client.cookies.has('holder-session')).toBe(false);
    expect((await client.get(asked.location)).text).toContain('已自动退出');
  });

  test('of staff is none here', async () => {
    const client = holderClient(town.app);
    await client.get('/holder/sign-in');
    client.cookies.set('holder-session', 'finance-token-of-the-test-town-0001');
    expect((await client.get('/holder')).location).toContain('/holder/sign-in');
  });

  test('ends with the sign-out, for the token too', async () => {
    const client = await signedIn('fresh');
    const token = client.cookies.get('holder-session') ?? '';
    const out = await client.submit('/holder', '/holder/sign-out', {});
    expect(out.location).toBe('/holder/sign-in?signed-out=1');
    client.cookies.set('holder-session', token);
    expect((await client.get('/holder')).status).toBe(303);
  });
});

describe('a holder', () => {
  test("does not see another's receipt, nor whether there is one", async () => {
    const [mine, other] = [await signedIn('lively'), await signedIn('other')];
    const { text } = await other.get('/holder/history');
    const path = /href="(\/holder\/history\/\d+)"/.exec(text)?.[1] ?? '';
    expect((await other.get(path)).status).toBe(200);
    const [theirs, nobodys] = [await mine.get(path), await mine.get('/holder/history/77')];
    expect([theirs.status, nobodys.status]).toEqual([404, 404]);
  });

  test('reads the whole history by its pages, each line once', async () => {
    const client = await signedIn('lively');
    const ids: string[] = [];
    let path: string | undefined = '/holder/history';
    while (path !== undefined && ids.length < 100) {
      const { text }: { text: string } = await client.get(path);
      ids.push(...[...text.matchAll(/href="\/holder\/history\/(\d+)"/g)].map((match) => match[1] ?? ''));
      path = /href="(\/holder\/history\?before=\d+)"/.exec(text)?.[1];
    }
    const { rows } = await town.owner.run(
      {
        name: 'count-entries',
        text: 'select id::text from ledger.entries where owner_id = $1 order by id desc',
      },
      [town.cards.lively.cardAccountId],
    );
    expect(ids).toEqual(rows.map((row) => row[0]));
  });

  test.each([
    '/holder/history?before=x',
    '/holder/history?before=99999999999999999999',
    '/holder/bills?before=-1',
  ])('who asks for %s is told that there is no such page', async (path) =>
    expect((await (await signedIn('lively')).get(path)).status).toBe(404),
  );

  test('never meets the card number, only its tail', async () => {
    const client = await signedIn('lively');
    for (const path of pages) {
      const { text } = await client.get(path);
      expect(text, path).not.toContain(holderNumber('lively'));
    }
    expect((await client.get('/holder')).text).toContain(`尾号 ${holderNumber('lively').slice(-4)}`);
    expect(logged.join('\n')).not.toContain(holderNumber('lively'));
  });

  test('reads hostile names and details as text', async () => {
    const client = await signedIn('hostile');
    for (const language of ['zh', 'en']) {
      await client.get(`/holder/view?language=${language}&back=/holder`);
      for (const path of ['/holder/history', '/holder/history?before=9000000000000000000', '/holder/bills']) {
        expect((await client.get(path)).text).not.toMatch(/<img src=x|<script/);
      }
    }
    expect((await client.get('/holder/bills')).text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    // Of a name only the first character is told.
    expect((await client.get('/holder')).text).toContain('&lt;*');
  });

  test('leaves a trace in the trail with each look', async () => {
    const client = await signedIn('other');
    for (const path of pages) await client.get(path);
    const subject = `card-account ${town.cards.other.cardAccountId}`;
    const rows = await readAudit(town.owner, { before: null, subject, act: null, limit: 100 });
    const looks = rows.filter(({ act }) => act.endsWith('looked-at'));
    const acts = new Set(looks.map((row) => row.act));
    expect(acts).toEqual(
      new Set([
        'balances-looked-at',
        'history-looked-at',
        'receipt-looked-at',
        'card-looked-at',
        'subsidies-looked-at',
        'bills-looked-at',
        'mandate-looked-at',
      ]),
    );
    expect(
      looks.every(({ actor }) => actor.kind === 'holder' && actor.id === town.cards.other.cardAccountId),
    ).toBe(true);
  });
});

describe('a lost card', () => {
  let trace = 900_000;
  const pay = async () => {
    const request = townRequest(++trace, { card: town.cards.toLose });
    const answer = await town.parts.clearing.submit({ request, isRepeat: false });
    return answer.status === 'decided' ? answer.refusal : answer.status;
  };

  test('cannot pay from the moment on that the page says, and can again when it is lifted', async () => {
    const client = await signedIn('toLose');
    const confirm = '/holder/loss/confirm?kind=temporary';
    const reported = await client.submit(confirm, '/holder/loss', { kind: 'temporary' });
    expect([reported.status, reported.location]).toEqual([303, '/holder/loss']);
    const shown = await client.get('/holder/loss');
    expect(shown.text).toMatch(
      /生效时间<\/dt><dd><time datetime="[^"]+">\d{4}-\d\d-\d\d \d\d:\d\d:\d\d<\/time>/,
    );
    expect(shown.text).toContain('自动解除时间');
    expect(await pay()).toBe('card-temporarily-lost');
    // A second click changes nothing and is no error; the first step has nothing left to confirm.
    const again = await client.submit('/holder/loss', '/holder/loss', { kind: 'temporary' });
    expect(again.location).toBe('/holder/loss');
    expect((await client.get(confirm)).location).toBe('/holder/loss');

    const wrong = await client.submit('/holder/loss', '/holder/loss/lift', { password: 'wrong' });
    expect([wrong.status, wrong.text.includes('查询密码不正确')]).toEqual([422, true]);
    const lifted = await client.submit('/holder/loss', '/holder/loss/lift', { password: townPassword });
    expect(lifted.location).toBe('/holder?done=lifted');
    expect((await client.get(lifted.location)).text).toContain('挂失已解除');
    // The card is empty, which is another matter.
    expect(await pay()).toBe('insufficient-funds');
  });

  test('that is reported for good is not lifted here', async () => {
    const client = await signedIn('toLose');
    await client.submit('/holder/loss/confirm?kind=formal', '/holder/loss', { kind: 'formal' });
    const { text } = await client.get('/holder/loss');
    expect(text).toContain('网上不能解除正式挂失');
    expect(text).toMatch(/<dt>挂失方式<\/dt><dd>正式挂失<\/dd>/);
    expect(text).not.toContain('选择挂失方式');
    expect(text).not.toContain('/holder/loss/lift');
    const tried = await client.submit('/holder/settings', '/holder/loss/lift', { password: townPassword });
    expect([tried.status, tried.text.includes('正式挂失不能在网上解除')]).toEqual([409, true]);
  });

  test('is reported only as one of the two', async () => {
    const client = await signedIn('fresh');
    expect((await client.get('/holder/loss/confirm?kind=both')).status).toBe(422);
    const answer = await client.submit('/holder/loss/confirm?kind=formal', '/holder/loss', { kind: 'both' });
    expect([answer.status, answer.text.includes('请选择挂失方式')]).toEqual([422, true]);
  });
});

describe('automatic top-up', () => {
  const terms = { threshold: '20', amount: '50', agree: 'yes', version: consentVersion };
  const agree = (client: HolderClient, over: Record<string, string>) =>
    client.submit('/holder/mandate', '/holder/mandate', { ...terms, ...over });

  test('is agreed to with the version that was read, and revoked at once', async () => {
    const client = await signedIn('fresh');
    expect((await agree(client, {})).location).toBe('/holder/mandate?done=agreed');
    const shown = await client.get('/holder/mandate?done=agreed');
    expect(shown.text).toContain('¥20.00');
    expect(shown.text).toContain(consentVersion);
    expect(shown.text).toContain('海岛合作银行 尾号 4601');
    const revoked = await client.submit('/holder/mandate', '/holder/mandate/revoke', {});
    expect(revoked.location).toBe('/holder/mandate?done=revoked');
    const again = await client.submit('/holder/mandate', '/holder/mandate/revoke', {});
    expect(again.location).toBe('/holder/mandate?done=revoked');
  });

  test.each([
    [{ amount: '12.34' }, 422, '请输入整元的金额'],
    [{ threshold: '0' }, 422, '请输入整元的金额'],
    [{ agree: 'no' }, 422, '请阅读协议'],
    [{ version: '2020-01' }, 409, '协议已更新'],
    [{ amount: '90000' }, 422, '金额超出允许的范围'],
  ])('%o is answered with %i, the reason, and what was typed', async (over, status, sentence) => {
    const answer = await agree(await signedIn('fresh'), over);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(sentence);
    expect(answer.text).toContain(`value="${{ ...terms, ...over }.amount}"`);
  });
});

describe('the query password', () => {
  const change = (client: HolderClient, fields: Record<string, string>) =>
    client.submit('/holder/settings', '/holder/settings/password', fields);

  test.each([
    [{ current: 'wrong', next: '861024', again: '861024' }, 422, '查询密码不正确'],
    [{ current: townPassword, next: '1234', again: '1234' }, 422, '新密码应为 6 位数字'],
    [{ current: townPassword, next: '861024', again: '861025' }, 422, '两次输入的新密码不一致'],
    [{ current: townPassword, next: '111111', again: '111111' }, 422, '新密码太简单'],
    [{ current: townPassword, next: townPassword, again: townPassword }, 422, '新密码不能与原密码相同'],
  ])('%o is refused with %i and its reason', async (fields, status, sentence) => {
    const answer = await change(await signedIn('other'), fields);
    expect([answer.status, answer.text.includes(sentence)]).toEqual([status, true]);
    expect(answer.text).not.toContain('861024');
  });

  test('that is changed signs in, and the old one does not', async () => {
    const client = await signedIn('fresh');
    const answer = await change(client, { current: townPassword, next: '861024', again: '861024' });
    expect(answer.location).toBe('/holder/settings?done=changed');
    expect((await holderClient(town.app).signIn(holderNumber('fresh'), townPassword)).status).toBe(422);
    expect((await holderClient(town.app).signIn(holderNumber('fresh'), '861024')).status).toBe(303);
    await change(client, { current: '861024', next: townPassword, again: townPassword });
  });
});

describe('the payment PIN', () => {
  const choose = async (client: HolderClient, fields: Record<string, string>) => {
    await town.passDelays();
    return client.submit('/holder/settings', '/holder/settings/pin', fields);
  };
  const good = { password: townPassword, pin: '481926', pinAgain: '481926' };

  test.each([
    [{ password: '' }, 422, '请输入查询密码', 'Please type your query password'],
    [{ password: '999999' }, 422, '查询密码不正确', 'The query password is not right'],
    [{ pin: '48192', pinAgain: '48192' }, 422, '支付密码应为 6 位数字', 'A payment PIN has six digits'],
    [{ pinAgain: '481927' }, 422, '两次输入的支付密码不一致', 'The two PINs are not the same'],
    [{ pin: '234567', pinAgain: '234567' }, 422, '支付密码太简单', 'This PIN is too simple'],
    [
      { pin: townPassword, pinAgain: townPassword },
      ...([422, '支付密码不能与查询密码相同', 'must differ from the query password'] as const),
    ],
  ])('with %o is refused with %i, in both languages, and none of it is shown', async (...asked) => {
    const [fields, status, zh, en] = asked;
    const client = await signedIn('other');
    for (const [language, sentence] of [
      ['zh', zh],
      ['en', en],
    ] as const) {
      await client.get(`/holder/view?language=${language}&back=/holder`);
      const answer = await choose(client, { ...good, ...fields });
      expect([answer.status, answer.text.includes(sentence)]).toEqual([status, true]);
      expect(answer.text).not.toContain(good.pin);
    }
    expect(await judged('other', good.pin)).toBe('wrong');
  });

  test('that is chosen is what the terminal asks for from then on', async () => {
    expect(await judged('other', townPin)).toBe('right');
    const client = await signedIn('other');
    const answer = await choose(client, good);
    expect(answer.location).toBe('/holder/settings?done=pin');
    expect((await client.get(answer.location)).text).toContain('支付密码已设置');
    expect(await judged('other', townPin)).toBe('wrong');
    expect(await judged('other', good.pin)).toBe('right');
  });

  const judged = async (card: HolderCard, pin: string) => {
    const { session, secrets } = town.parts;
    const check = secrets.pinCheck(town.cards[card].cardAccountId, pin);
    const judgement = await checkPin(session, { ...town.cards[card], check });
    await releasePin(session, town.cards[card], systemActor);
    return judgement;
  };
});

describe('who signed in with a password that was given for once', () => {
  test('is led to change it, can do nothing else before, and everything after', async () => {
    const { cards, parts } = town;
    const given = await resetQueryPassword(parts.signIns, cards.forgetful, systemActor);
    if (given === 'busy') throw new Error('no password was given');
    const client = holderClient(town.app);
    const signed = await client.signIn(holderNumber('forgetful'), given.oneTimePassword);
    expect(signed.status).toBe(303);
    for (const path of [...pages, '/holder/history/77'].filter((one) => one !== '/holder/settings')) {
      const { status, location } = await client.get(path);
      expect([path, status, location]).toEqual([path, 303, '/holder/settings']);
    }
    const settings = await client.get('/holder/settings');
    expect(settings.text).toContain('一次性查询密码');
    expect(settings.text).not.toMatch(/settings\/pin|class="main"/);
    for (const [action, fields] of Object.entries(forms)) {
      const answer = await client.submit('/holder/settings', action, fields);
      expect([action, answer.status, answer.location]).toEqual([action, 303, '/holder/settings']);
    }
    const subject = `card-account ${cards.forgetful.cardAccountId}`;
    const trail = await readAudit(town.owner, { before: null, subject, act: null, limit: 100 });
    expect(trail.filter(({ act }) => act.endsWith('looked-at'))).toEqual([]);
    const same = {
      current: given.oneTimePassword,
      next: given.oneTimePassword,
      again: given.oneTimePassword,
    };
    const kept = await client.submit('/holder/settings', '/holder/settings/password', same);
    expect([kept.status, kept.text.includes('新密码不能与原密码相同')]).toEqual([422, true]);
    const change = { current: given.oneTimePassword, next: '861024', again: '861024' };
    const changed = await client.submit('/holder/settings', '/holder/settings/password', change);
    expect(changed.location).toBe('/holder/settings?done=changed');
    for (const path of pages) expect([path, (await client.get(path)).status]).toEqual([path, 200]);
  });

  const forms: Readonly<Record<string, Record<string, string>>> = {
    '/holder/loss': { kind: 'formal' },
    '/holder/loss/lift': { password: townPassword },
    '/holder/mandate': { threshold: '20', amount: '50', agree: 'yes', version: consentVersion },
    '/holder/mandate/revoke': {},
    '/holder/settings/pin': { password: townPassword, pin: '481926', pinAgain: '481926' },
  };
});

describe('every fact that explains a line is told in words', () => {
  const shares = {
    zh: {
      医疗费用总额: '¥486.00',
      统筹基金支付: '¥340.20',
      个人账户支付: '¥85.80',
      家庭共济支付: '¥30.00',
      '自付（其他账户）': '¥20.00',
      现金支付: '¥10.00',
    },
    en: {
      'Medical total': '¥486.00',
      'Pooled fund paid': '¥340.20',
      'Personal account paid': '¥85.80',
      'Family mutual aid paid': '¥30.00',
      'Your other accounts paid': '¥20.00',
      'Cash paid': '¥10.00',
    },
  };
  const told = async (card: HolderCard, language: string) => {
    const client = await signedIn(card);
    await client.get(`/holder/view?language=${language}&back=/holder`);
    const texts: string[] = [];
    let path: string | undefined = '/holder/history';
    while (path !== undefined) {
      const { text }: { text: string } = await client.get(path);
      texts.push(text);
      path = /href="(\/holder\/history\?before=\d+)"/.exec(text)?.[1];
    }
    // As it is read: without what only sets it out.
    return texts.join('\n').replace(/<\/?span[^>]*>/g, '');
  };

  test.each([
    [
      'zh',
      [
        ...Object.entries(shares.zh).map(([name, amount]) => `${name} ${amount}`),
        /账单号 B2026100\d{3} · 户号 \*{4}\d{4}/,
        '线路 7 · 已享换乘优惠',
        '线路 AIRPORT · 已享换乘优惠 · 当日车费已封顶，超出部分不再收取',
        '线路 R1 · HKDZ 站上车 · MLAN 站下车',
        '线路 R1 · MLAN 站上车 · CXGY 站下车 · 使用乘车票 T20',
        /购买乘车票：海口市域列车.*票种 T20 · 2026-\d\d-\d\d 起可用 · 有效期至/s,
        '项目：高龄老人津贴 · 所属期 2026-11',
        '原因：重复扣款',
        '海口骑楼小吃 撤销付款，全额退回',
        '三亚海鲜市场 取消预留',
        '缴费未入账，款已退回：海南电网',
        '充值：海岛合作银行',
      ],
    ],
    [
      'en',
      [
        ...Object.entries(shares.en).map(([name, amount]) => `${name} ${amount}`),
        /Bill B2026100\d{3} · for 2026-10|for 2026-10 · Bill/,
        'Line 7 · transfer discount',
        'Line AIRPORT · transfer discount · day&#39;s maximum reached',
        'Line R1 · on at HKDZ · off at MLAN',
        'on pass T20, nothing more to pay',
        'Pass bought: Haikou Urban Rail',
        'Old-Age Allowance · for 2026-11',
        'Reason: charged twice',
        'Payment taken back by Haikou Arcade Snacks',
      ],
    ],
  ] as const)('in %s', async (language, sentences) => {
    const text = await told('lively', language);
    const isTold = (sentence: string | RegExp) =>
      typeof sentence === 'string' ? text.includes(sentence) : sentence.test(text);
    expect(sentences.filter((sentence) => !isTold(sentence))).toEqual([]);
  });

  test('also whether a bill is settled or its money is back, and a subsidy has arrived, comes or does not', async () => {
    const client = await signedIn('lively');
    const bills = (await client.get('/holder/bills')).text;
    expect(bills).toMatch(/海南电网 2026-10.*未入账，款已退回.*海口水务 2026-10.*已缴清/s);
    const receipt = /href="(\/holder\/history\/\d+)"/.exec(bills)?.[1] ?? '';
    expect((await client.get(receipt)).text).toContain('缴费：海南电网');
    const subsidies = (await client.get('/holder/subsidies')).text;
    for (const state of ['已到账', '发放中', '未发成']) expect(subsidies).toContain(`>${state}</span>`);
    expect((await client.get('/holder')).text).toContain('高龄老人津贴 发放中');
    const other = await signedIn('hostile');
    expect((await other.get('/holder')).text).toContain('海岛合作银行 充值处理中');
  });
});

describe('when something is wrong', () => {
  test('a path that is not there is a friendly page, below the pages only', async () => {
    const client = holderClient(town.app);
    const answer = await client.get('/holder/there-is-none');
    expect([answer.status, answer.text.includes('没有这个页面')]).toEqual([404, true]);
    expect((await client.get('/holders')).headers.get('content-type')).toContain('application/problem+json');
    expect((await client.get('/')).location).toBe('/holder');
  });

  test('a fault is a friendly page with a number that stands in the log, and nothing of the error', async () => {
    const client = await signedIn('lively');
    await town.owner.run({ name: 'break', text: 'alter table ledger.accounts rename to accounts_away' });
    const answer = await client.get('/holder');
    await town.owner.run({ name: 'mend', text: 'alter table ledger.accounts_away rename to accounts' });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([500, 'no-store']);
    const reference = /编号：([\w-]{8})/.exec(answer.text)?.[1] ?? 'none';
    expect(logged.join('\n')).toContain(reference);
    expect(answer.text).not.toContain('accounts');
  });

  test('a database that only reads any more is no fault: the page says to come again, and the log has no stack', async () => {
    const name = new URL(database.url).pathname.slice(1);
    const run = (text: string) => town.owner.run({ name: '', text });
    const endOthers = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
    await run(`alter database ${name} set default_transaction_read_only = on`);
    await run(endOthers);
    logged.length = 0;
    try {
      const answer = await holderClient(town.app).signIn(holderNumber('lively'), townPassword);
      expect([answer.status, answer.text.includes('系统暂时连不上')]).toEqual([503, true]);
    } finally {
      await run('set default_transaction_read_only = off');
      await run(`alter database ${name} reset default_transaction_read_only`);
      await run(endOthers);
    }
    expect(logged.filter((line) => line.includes('the database was away'))).toHaveLength(1);
    expect(logged.join('\n')).not.toContain('"stack"');
    await expect.poll(async () => (await signedIn('lively')) !== null).toBe(true);
  });
});
