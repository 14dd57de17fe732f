import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '#audit/rules/event.ts';
import { type Replaced, replaceCard } from '#cards/life/replace.ts';
import { takeStep } from '#cards/life/take-step.ts';
import { insertProducts } from '#cards/products.ts';
import { checkDigitOf } from '#cards/rules/id-number.ts';
import { hainanDay } from '#platform/calendar.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { type Applied, applyForCard, issueForApplication } from './apply.ts';
import { findCards, type Search } from './find-cards.ts';
import { findPayees } from './find-payees.ts';
import { type IssuedCard, issueOne } from './issue-one.ts';

const secrets = openSecrets({ masterKeyHex: 'c0c0'.repeat(16), dataDir: '/' });
const clerk: Actor = { kind: 'staff', id: 2n };
let database: TestDatabase;
let owner: Pool;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  [owner, pool] = [openOwnerPool(database.url), openPool(database.url, 8)];
  const terms = { temporaryLossDays: 7, validityYears: 10, purses: ['online'] as const };
  await insertProducts(sessionOf(owner), [
    { code: 'standard', name: '普通卡', nameEn: 'Standard', ...terms },
    { code: 'senior', name: '敬老卡', nameEn: 'Senior', ...terms },
  ]);
});
afterAll(async () => {
  await owner?.end();
  await pool?.end();
  await database?.drop();
});

const idNumber = (n: number) => {
  const first = `4601051970010${1 + Math.floor(n / 10)}00${n % 10}`;
  return first + checkDigitOf(first);
};
const numberOf = (n: number) => `9490${String(n).padStart(12, '0')}`;
const said = { actor: clerk, reason: 'at the counter' };
const issue = (n: number, over = {}) =>
  issueOne(pool, secrets, {
    wish: { cardNumber: numberOf(n), idNumber: idNumber(n), name: '测某某', product: 'standard', ...over },
    ...said,
  });
const apply = (n: number, over = {}) =>
  applyForCard(pool, secrets, {
    applicant: { idNumber: idNumber(n), name: '测某', product: 'standard', ...over },
    ...said,
  });
const issueFor = (applicationId: bigint, number: number) =>
  issueForApplication(pool, secrets, { applicationId, cardNumber: numberOf(number), ...said });
const find = (search: Search, actor = clerk) => findCards(pool, secrets, { search, actor });
const acts = async (subject: string) =>
  (
    await pool.query('select act, actor_id from audit.events where subject = $1 order by sequence', [subject])
  ).rows.map(({ act, actor_id }) => `${act} ${actor_id}`);

describe('a card over the counter', () => {
  test('is issued for a person, waits to be activated, and is good for the years of its product', async () => {
    const issued = (await issue(1)) as IssuedCard;
    expect(issued).toMatchObject({ kind: 'issued', repeated: false });
    expect(Number(issued.expiresOn.slice(0, 4))).toBe(Number(hainanDay(Date.now()).slice(0, 4)) + 10);
    expect(await acts(`card ${issued.cardId}`)).toEqual(['card-issued 2']);
    const [found] = await find({ cardId: issued.cardId });
    expect(found).toMatchObject({ status: 'not-active', product: 'standard', numberTail: '0001' });
  });

  test('asked for again is answered the same', async () => {
    const first = (await issue(2)) as IssuedCard;
    expect(await issue(2)).toEqual({ ...first, repeated: true });
    expect(await acts(`card ${first.cardId}`)).toEqual(['card-issued 2']);
  });

  test('is refused with the code of what is wrong', async () => {
    await issue(3);
    expect(await issue(4, { cardNumber: numberOf(3) })).toEqual({ kind: 'card-number-taken' });
    expect(await issue(5, { idNumber: idNumber(3) })).toEqual({ kind: 'person-has-card' });
    expect(await issue(6, { product: 'gold' })).toEqual({ kind: 'product-unknown' });
    expect(await issue(6, { expiresOn: '2020-01-01' })).toEqual({ kind: 'expiry-wrong' });
    expect(await issue(6, { idNumber: idNumber(6).replace(/^4/, '5') })).toEqual({ kind: 'id-number-wrong' });
  });

  test('of one person or one number is issued once, however many clerks do it at once', async () => {
    const samePerson = await Promise.all([70, 71, 72, 73].map((n) => issue(7, { cardNumber: numberOf(n) })));
    expect(samePerson.map(({ kind }) => kind).sort()).toEqual([
      'issued',
      'person-has-card',
      'person-has-card',
      'person-has-card',
    ]);
    const sameNumber = await Promise.all([20, 21, 22].map((n) => issue(n, { cardNumber: numberOf(8) })));
    expect(sameNumber.map(({ kind }) => kind).sort()).toEqual([
      'card-number-taken',
      'card-number-taken',
      'issued',
    ]);
  });

  test('of another product is a second card account of the same person', async () => {
    const first = (await issue(9)) as IssuedCard;
    const second = (await issue(9, { cardNumber: numberOf(90), product: 'senior' })) as IssuedCard;
    expect(second.cardAccountId).not.toBe(first.cardAccountId);
    const found = await find({ idNumber: idNumber(9) });
    expect(found.map((card) => card.cardId)).toEqual([second.cardId, first.cardId]);
  });

  test('may be had anew once the first was closed', async () => {
    const first = (await issue(10)) as IssuedCard;
    await takeStep(pool, { cardId: first.cardId, step: 'close', ...said });
    expect(await issue(10)).toEqual({ kind: 'card-number-taken' });
    const second = (await issue(10, { cardNumber: numberOf(100) })) as IssuedCard;
    expect(second).toMatchObject({ kind: 'issued', repeated: false });
    expect(second.cardAccountId).not.toBe(first.cardAccountId);
  });
});

describe('an application', () => {
  test('comes before the card, and is made once', async () => {
    const applied = (await apply(11)) as Applied;
    expect(applied.repeated).toBe(false);
    expect(await apply(11)).toEqual({ ...applied, repeated: true });
    expect(await acts(`application ${applied.applicationId}`)).toEqual(['card-applied-for 2']);
    const issued = (await issueFor(applied.applicationId, 11)) as IssuedCard;
    expect(issued.kind).toBe('issued');
    expect(await issueFor(applied.applicationId, 11)).toEqual({ ...issued, repeated: true });
    expect(await issueFor(applied.applicationId, 12)).toEqual({ kind: 'application-done' });
    expect(await apply(11)).toEqual({ kind: 'person-has-card' });
  });

  test('by two clerks at once is one', async () => {
    const applied = (await Promise.all([apply(13), apply(13), apply(13)])) as Applied[];
    expect(new Set(applied.map(({ applicationId }) => applicationId)).size).toBe(1);
  });

  test('whose card was closed does not give another', async () => {
    const { applicationId } = (await apply(14)) as Applied;
    const issued = (await issueFor(applicationId, 14)) as IssuedCard;
    await takeStep(pool, { cardId: issued.cardId, step: 'close', ...said });
    expect(await issueFor(applicationId, 140)).toEqual({ kind: 'application-done' });
    expect(await find({ cardNumber: numberOf(140) })).toEqual([]);
  });

  test('that nobody made has no card, and a number that there cannot be is not taken', async () => {
    expect(await issueFor(999_999n, 15)).toEqual({ kind: 'application-unknown' });
    expect(await apply(15, { idNumber: '460105197001010000' })).toEqual({ kind: 'id-number-wrong' });
    expect(await apply(15, { product: 'gold' })).toEqual({ kind: 'product-unknown' });
  });
});

describe('a look at a card', () => {
  test('shows a surname, five characters of the ID number, four of the card number, and the history', async () => {
    const issued = (await issue(16)) as IssuedCard;
    await takeStep(pool, { cardId: issued.cardId, step: 'activate', ...said });
    const [card] = await find({ cardNumber: numberOf(16) });
    expect(card).toMatchObject({ name: '测*', idNumber: `460*************${idNumber(16).slice(-2)}` });
    expect(card?.events.map(({ step, from, to }) => `${step} ${from} ${to}`)).toEqual([
      'activate not-active active',
      'issue null not-active',
    ]);
    const text = JSON.stringify(card, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    for (const secret of [numberOf(16), idNumber(16), '测某']) expect(text).not.toContain(secret);
  });

  test('stands in the audit trail, by whoever looked, for each card that was shown', async () => {
    const issued = (await issue(17)) as IssuedCard;
    const auditor: Actor = { kind: 'staff', id: 4n };
    await find({ cardId: issued.cardId }, auditor);
    await find({ idNumber: idNumber(17) });
    expect(await acts(`card ${issued.cardId}`)).toEqual([
      'card-issued 2',
      'card-looked-at 4',
      'card-looked-at 2',
    ]);
    expect(await find({ cardNumber: numberOf(999) })).toEqual([]);
  });

  test('says what the card is now, whatever its row still says', async () => {
    const issued = (await issue(18)) as IssuedCard;
    const { cardId } = issued;
    await takeStep(pool, { cardId, step: 'activate', ...said });
    await takeStep(pool, { cardId, step: 'report-temporary-loss', ...said });
    expect((await find({ cardId }))[0]).toMatchObject({
      status: 'temporarily-lost',
      liftsAt: expect.any(Date),
    });
    await owner.query('update cards.cards set lifts_at = now() where id = $1', [cardId]);
    expect((await find({ cardId }))[0]).toMatchObject({ status: 'active', liftsAt: null });
  });
});

test('no table of cards and no audit event holds a number or a name in plain text', async () => {
  for (const table of [
    'cards.persons',
    'cards.cards',
    'cards.events',
    'cards.applications',
    'audit.events',
  ]) {
    const { rows } = await owner.query(`select t::text as row from ${table} t`);
    const text = rows.map(({ row }) => row).join('\n');
    expect(rows.length).toBeGreaterThan(0);
    for (const n of [1, 11, 16])
      for (const secret of [idNumber(n), numberOf(n), '测某']) expect(text).not.toContain(secret);
  }
});

describe('a payee', () => {
  const payee = async (n: number) => {
    const digest = secrets.personDigest(idNumber(n)).toString('hex');
    return (await findPayees(sessionOf(pool), secrets, [digest])).get(digest);
  };
  const replaceBy = (cardId: bigint, number: number) =>
    replaceCard(pool, secrets, { cardId, cardNumber: numberOf(number), active: true, ...said });

  test('is paid on the card account, whatever became of the plastic', async () => {
    const first = (await issue(30)) as IssuedCard;
    const second = (await replaceBy(first.cardId, 31)) as Replaced;
    expect(await payee(30)).toMatchObject({ cardId: second.cardId, usable: true });
    await takeStep(pool, { cardId: second.cardId, step: 'report-loss', ...said });
    expect(await payee(30)).toMatchObject({ cardId: second.cardId, usable: true });
  });

  test('whose account is closed is not paid, also where an earlier card of it was replaced', async () => {
    const first = (await issue(32)) as IssuedCard;
    const second = (await replaceBy(first.cardId, 33)) as Replaced;
    await takeStep(pool, { cardId: second.cardId, step: 'close', ...said });
    expect(await payee(32)).toMatchObject({ usable: false });
    const anew = (await issue(32, { cardNumber: numberOf(34) })) as IssuedCard;
    expect(await payee(32)).toMatchObject({ cardId: anew.cardId, usable: true });
  });
});
