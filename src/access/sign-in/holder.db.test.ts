import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccountRef } from '#access/holder-secrets.ts';
import {
  changeQueryPassword,
  releaseSignIn,
  setQueryPasswords,
  signInHolder,
} from '#access/query-password.ts';
import { delaySeconds, freeFailures } from '#access/rules/delays.ts';
import { bearerOf, endSession } from '#access/tokens.ts';
import { systemActor } from '#audit/rules/event.ts';
import { readAudit } from '#audit/store.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { cardRef } from '#testing/town.ts';
import type { SignInRefused } from './attempt.ts';
import { openSignInDesk, type SignInDesk } from './desk.ts';
import { reserveTry, sweepSignIns } from './tries.ts';

const secrets = openSecrets({ masterKeyHex: 'c0c0'.repeat(16), dataDir: '/' });
const cards = 40;
const unknownNumber = (n: number) => `9990${String(n).padStart(12, '0')}`;
const number = (n: number) => `9460${String(n).padStart(12, '0')}`;
const account = (n: number): AccountRef => cardRef(n);
/** Cards 0 to 29 have a password; 30 to 39 none. */
const findAccount = (cardNumber: string) => {
  const n = Number(cardNumber.slice(4));
  return cardNumber.startsWith('9460') && n < cards ? account(n) : undefined;
};
const right = '246813';

let database: TestDatabase;
let owner: Pool;
let pools: Pool[];
let desk: SignInDesk;
let desk2: SignInDesk;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = openOwnerPool(database.url);
  pools = [openPool(database.url, 2), openPool(database.url, 2)];
  const open = (pool: Pool) => openSignInDesk({ pool, secrets });
  [desk, desk2] = [open(pools[0] as Pool), open(pools[1] as Pool)];
  const given = Array.from({ length: 30 }, (_, n) => ({
    ...account(n),
    password: right,
    mustChange: n === 9,
  }));
  expect(await setQueryPasswords(desk, given, systemActor)).toBeNull();
});
afterAll(async () => {
  await Promise.all(pools?.map((pool) => pool.end()) ?? []);
  await owner?.end();
  await database?.drop();
});

let addresses = 0;
const newAddress = () => `198.51.${++addresses >> 8}.${addresses & 255}`;
const signIn = (
  cardNumber: string,
  password: string,
  { at = desk, address = newAddress() }: { at?: SignInDesk; address?: string } = {},
) => signInHolder(at, { cardNumber, password, address }, findAccount);
const isOpen = (answer: object): answer is { token: string } => 'token' in answer;
const refusalOf = (answer: object) => (answer as SignInRefused).refusal;
/** As if so many seconds had passed for a card's failures. */
const wait = (cardNumber: string, seconds: number) =>
  owner.query(
    `update access.sign_in_failures set tried_at = tried_at - make_interval(secs => $2),
      next_try_at = next_try_at - make_interval(secs => $2), locked_until = locked_until - make_interval(secs => $2)
      where subject_digest = $1`,
    [secrets.subjectDigest(`holder ${cardNumber}`), seconds],
  );

/** The most tries that one number can have in so long, where each comes as soon as it may. */
function triesWithin(seconds: number): number {
  let tries = freeFailures;
  for (let waited = delaySeconds(tries); waited <= seconds; waited += delaySeconds(tries)) tries += 1;
  return tries;
}

describe('a holder', () => {
  test('signs in with card number and query password', async () => {
    const opened = await signIn(number(0), right);
    expect(opened).toMatchObject({ role: 'holder', subjectId: 1_000_000n, mustChange: false });
    expect(isOpen(opened) && (await bearerOf(sessionOf(owner), opened.token))).toMatchObject({
      subjectId: 1_000_000n,
    });
  });

  test('who was given a password is told to change it', async () => {
    expect(await signIn(number(9), right)).toMatchObject({ mustChange: true });
  });

  test('may be wrong twice; then the next try waits 1, 2, 4 … seconds, and the tenth locks for a day', async () => {
    const card = number(1);
    const waits = [];
    for (let tried = 1; tried <= 10; tried += 1) {
      expect(refusalOf(await signIn(card, '111112'))).toBe('sign-in-wrong');
      const next = await reserveTry(
        sessionOf(owner),
        secrets.subjectDigest(`holder ${card}`).toString('hex'),
      );
      if (tried < 3) await owner.query('update access.sign_in_failures set failures = failures - 1');
      else waits.push('refusal' in next ? next.retryAfterSeconds : 0);
      if (tried < 10) await wait(card, 128);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 86_400]);
    const before = desk.passwords.computed();
    expect(await signIn(card, right)).toMatchObject({ refusal: 'sign-in-locked' });
    expect(desk.passwords.computed()).toBe(before);
    await wait(card, 86_401);
    expect(isOpen(await signIn(card, right))).toBe(true);
  });

  test('who is locked out gets in when an operator released the card, and a success forgets all failures', async () => {
    const card = number(2);
    for (let tried = 1; tried <= 10; tried += 1) {
      await signIn(card, '111112');
      await wait(card, 128);
    }
    expect(refusalOf(await signIn(card, right))).toBe('sign-in-locked');
    await releaseSignIn(desk, { cardNumber: card, account: account(2) }, { kind: 'staff', id: 2n });
    expect(isOpen(await signIn(card, right))).toBe(true);
    expect(refusalOf(await signIn(card, '111112'))).toBe('sign-in-wrong');
    expect(isOpen(await signIn(card, right))).toBe(true);
  });

  test('changes the password: every session ends, a new one begins, the old word is worth nothing', async () => {
    const [one, two] = [await signIn(number(3), right), await signIn(number(3), right, { at: desk2 })];
    const changed = await changeQueryPassword(desk, account(3), { old: right, new: '808182' });
    for (const old of [one, two])
      expect(isOpen(old) && (await bearerOf(sessionOf(owner), old.token))).toBeNull();
    expect(isOpen(changed) && (await bearerOf(sessionOf(owner), changed.token))).not.toBeNull();
    expect(refusalOf(await signIn(number(3), right))).toBe('sign-in-wrong');
    expect(isOpen(await signIn(number(3), '808182'))).toBe(true);
  });

  test.each(['111111', '123456', '987654', right])('does not change it to %s', async (password) => {
    const changed = await changeQueryPassword(desk, account(4), { old: right, new: password });
    expect(changed).toEqual({ refusal: 'password-too-simple' });
  });

  test('whose session was taken does not have the password guessed through it', async () => {
    const guess = () => changeQueryPassword(desk, account(5), { old: '111112', new: '808182' });
    const answers = [];
    for (let tried = 0; tried < 6; tried += 1) answers.push(refusalOf(await guess()));
    expect(answers.slice(0, 3)).toEqual(['sign-in-wrong', 'sign-in-wrong', 'sign-in-wrong']);
    expect(answers[3]).toBe('sign-in-delayed');
  });

  test('signs out, and the other instance knows it at once', async () => {
    const opened = await signIn(number(6), right);
    if (!isOpen(opened)) throw new Error('not signed in');
    expect(await bearerOf(sessionOf(pools[1] as Pool), opened.token)).not.toBeNull();
    await endSession(sessionOf(pools[0] as Pool), opened.token);
    expect(await bearerOf(sessionOf(pools[1] as Pool), opened.token)).toBeNull();
  });
});

describe('whoever guesses', () => {
  test('gets the same answers for an unknown card, one without a password, and a wrong password', async () => {
    const answersFor = async (cardNumber: string) => {
      const answers = [];
      const before = desk.passwords.computed();
      for (let tried = 0; tried < 5; tried += 1) answers.push(await signIn(cardNumber, '111112'));
      return { answers, computed: desk.passwords.computed() - before };
    };
    const known = await answersFor(number(7));
    expect(known.computed).toBe(3);
    expect(known.answers.at(-1)).toEqual({ refusal: 'sign-in-delayed', retryAfterSeconds: 1 });
    expect(await answersFor(number(35))).toEqual(known);
    expect(await answersFor(unknownNumber(7))).toEqual(known);
  });

  test('in parallel on two instances gets no more tries than one after the other', async () => {
    const before = desk.passwords.computed() + desk2.passwords.computed();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => signIn(number(8), '111112', { at: i % 2 === 0 ? desk : desk2 })),
    );
    expect(desk.passwords.computed() + desk2.passwords.computed() - before).toBe(3);
    expect(answers.filter((answer) => refusalOf(answer) === 'sign-in-wrong')).toHaveLength(3);
  });

  test('from one address waits after thirty tries, and nothing is computed', async () => {
    const address = newAddress();
    const tries = Array.from({ length: 30 }, (_, n) => signIn(unknownNumber(1_000 + n), right, { address }));
    await Promise.all(tries);
    const before = desk.passwords.computed();
    const refused = await signIn(number(0), right, { address });
    expect(refused).toEqual({ refusal: 'too-many-tries', retryAfterSeconds: expect.any(Number) });
    expect(desk.passwords.computed()).toBe(before);
  });

  test('a thousand times at once opens nothing, and a holder still gets in meanwhile', async () => {
    const before = desk.passwords.computed();
    // Ten known numbers and ten unknown ones, fifty times each; who is told busy comes back, as a machine would.
    const guess = async (n: number) => {
      const cardNumber = n % 2 === 0 ? number(10 + (n % 20)) : unknownNumber(2_000 + (n % 20));
      let answer = await signIn(cardNumber, '111112');
      while (refusalOf(answer) === 'busy') {
        await new Promise((resolve) => setTimeout(resolve, 50));
        answer = await signIn(cardNumber, '111112');
      }
      return answer;
    };
    const flood = Promise.all(Array.from({ length: 1_000 }, (_, n) => guess(n)));
    const startedAt = performance.now();
    let opened: object = { refusal: 'busy' };
    let tries = 0;
    while (refusalOf(opened) === 'busy') {
      tries += 1;
      opened = await signIn(number(0), right);
      if (refusalOf(opened) === 'busy') await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const tookMs = Math.round(performance.now() - startedAt);
    const answers = await flood;
    const floodSeconds = (performance.now() - startedAt) / 1_000;
    const computed = desk.passwords.computed() - before;
    process.stdout.write(`  signed in after ${tookMs} ms and ${tries} tries, ${computed} hashes computed\n`);
    expect(isOpen(opened)).toBe(true);
    expect(answers.filter(isOpen)).toEqual([]);
    expect(new Set(answers.map(refusalOf))).toEqual(new Set(['sign-in-wrong', 'sign-in-delayed']));
    // Twenty numbers, each with as many tries as its delays leave room for in that time; and the holder's one.
    expect(computed).toBeLessThanOrEqual(20 * triesWithin(floodSeconds) + 1);
  }, 120_000);

  test('leaves two events a card in the trail, one a minute for all that is unknown, and no number', async () => {
    const session = sessionOf(owner);
    const of = (act: string) => readAudit(session, { before: null, subject: null, act, limit: 100 });
    const slowed = await of('sign-in-slowed');
    const subjects = slowed.map((event) => event.subject).filter((subject) => subject !== 'sign-in 0');
    expect(slowed.filter((event) => event.subject === 'sign-in 0').length).toBeLessThanOrEqual(2);
    expect(subjects).toContain('card-account 1000008');
    expect(subjects.filter((subject) => subject === 'card-account 1000008')).toHaveLength(1);
    expect((await of('sign-in-locked')).map((event) => event.subject).sort()).toEqual([
      'card-account 1000001',
      'card-account 1000002',
    ]);
    const { rows } = await owner.query(`select string_agg(e::text, ' ') as all from audit.events e`);
    expect(rows[0]?.all).not.toMatch(/9460\d{12}|9990\d{12}|246813/);
  });
});

describe('what is kept', () => {
  test('is neither a password nor a number, and goes when it is old', async () => {
    const { rows } = await owner.query(
      `select (select string_agg(s::text, ' ') from access.holder_secrets s)
        || (select string_agg(f::text, ' ') from access.sign_in_failures f) as all`,
    );
    expect(rows[0]?.all).not.toMatch(/246813|9460\d{12}|9990\d{12}/);
    expect(rows[0]?.all).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    await signIn(unknownNumber(5_000), right);
    await owner.query(
      `update access.sign_in_failures set tried_at = tried_at - interval '25 hours', locked_until = null
        where subject_digest <> $1`,
      [secrets.subjectDigest(`holder ${unknownNumber(5_000)}`)],
    );
    await owner.query(`update access.tokens set expires_at = now() - interval '2 days'`);
    expect(await sweepSignIns(sessionOf(pools[0] as Pool))).toBeGreaterThan(20);
    const left = await owner.query(
      'select (select count(*)::int from access.sign_in_failures) f, (select count(*)::int from access.tokens) t',
    );
    expect(left.rows).toEqual([{ f: 1, t: 0 }]);
  });
});
