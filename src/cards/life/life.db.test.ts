import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '#audit/rules/event.ts';
import { cardResolver } from '#cards/resolve.ts';
import type { CardStep } from '#cards/rules/life.ts';
import { findCardStates } from '#cards/store.ts';
import { businessKey, reversalKey } from '#idempotency/rules/keys.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import { sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { type Clearing, type Till, tillBefore } from '#testing/till.ts';
import {
  buildTown,
  cardNumber,
  cardRef,
  loadTown,
  merchantTerminal,
  town,
  townRequest,
} from '#testing/town.ts';
import { type Replaced, replaceCard } from './replace.ts';
import { liftLossByHolder, reportLossByHolder } from './report-loss.ts';
import { cardSweepMax, expireCards, liftLosses } from './sweep-cards.ts';
import { type StepTaken, takeStep } from './take-step.ts';

const secrets = openSecrets({ masterKeyHex: 'c0c0'.repeat(16), dataDir: '/' });
const clerk: Actor = { kind: 'staff', id: 2n };
const loaded = 40;
let house: TestTown;
let clearing: Clearing;
let till: Till;

beforeAll(async () => {
  house = await openTestTown((owner) =>
    buildTown(owner, {
      merchants: 1,
      cards: 400,
      digest: secrets.cardNumberDigest,
      hotMark: secrets.hotMark,
    }),
  );
  clearing = await house.open();
  await loadTown(clearing, { cards: loaded, amountFen: 10_000n });
  till = tillBefore(clearing);
});
afterAll(() => house?.close());

const pay = async (card: number) => (await till({ card: cardRef(card), amountFen: fen(100) })).refusal;
const step = (card: number, what: Exclude<CardStep, 'replace'>, reason = 'at the counter') =>
  takeStep(house.pool, { cardId: cardRef(card).cardId, step: what, actor: clerk, reason });
const replace = (card: number, over = {}) =>
  replaceCard(house.pool, secrets, {
    cardId: cardRef(card).cardId,
    cardNumber: `9470${String(card).padStart(12, '0')}`,
    active: true,
    actor: clerk,
    reason: 'lost on the bus',
    ...over,
  });
const holderReports = (card: number, temporary: boolean) =>
  reportLossByHolder(house.pool, { cardAccountId: cardRef(card).cardAccountId, temporary, reason: '' });

async function setRow(card: number, set: string): Promise<void> {
  await house.owner.query(`update cards.cards set ${set} where id = $1`, [cardRef(card).cardId]);
}
async function historyOf(cardId: bigint): Promise<string[]> {
  const { rows } = await house.pool.query(
    `select step || ' ' || coalesce(from_status, '-') || ' ' || to_status || ' ' || actor_kind as line
     from cards.events where card_id = $1 order by id`,
    [cardId],
  );
  return rows.map((row) => row.line);
}
async function auditOf(cardId: bigint): Promise<string[]> {
  const { rows } = await house.pool.query(
    'select act from audit.events where subject = $1 order by sequence',
    [`card ${cardId}`],
  );
  return rows.map((row) => row.act);
}
async function hotOf(number: string): Promise<string[]> {
  const { rows } = await house.pool.query(
    `select op || ' ' || cause as line from cards.hot_changes where mark = $1 order by version`,
    [secrets.hotMark(number)],
  );
  return rows.map((row) => row.line);
}

describe('a loss', () => {
  test('counts from its commit: what was paid before stays, what is decided after is refused', async () => {
    expect(await pay(0)).toBeNull();
    expect(await step(0, 'report-loss')).toMatchObject({ kind: 'taken', status: 'lost', repeated: false });
    expect(await pay(0)).toBe('card-lost');
    expect(await historyOf(cardRef(0).cardId)).toEqual([
      'issue - active system',
      'report-loss active lost staff',
    ]);
    expect(await auditOf(cardRef(0).cardId)).toEqual(['card-loss-reported']);
    expect(await hotOf(cardNumber(0))).toEqual(['add lost']);
  });

  test('reported twice is answered the same, and written once', async () => {
    const first = (await step(1, 'report-loss')) as StepTaken;
    const again = await step(1, 'report-loss');
    expect(again).toEqual({ ...first, repeated: true });
    expect(await auditOf(cardRef(1).cardId)).toEqual(['card-loss-reported']);
  });

  test('reported by two clerks at once is written once', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => step(2, 'report-loss')));
    expect(answers.filter((answer) => answer.kind === 'taken' && !answer.repeated)).toHaveLength(1);
    expect(answers.every((answer) => answer.kind === 'taken' && answer.status === 'lost')).toBe(true);
    expect(await historyOf(cardRef(2).cardId)).toHaveLength(2);
    expect(await hotOf(cardNumber(2))).toEqual(['add lost']);
  });

  test('waits for a payment under way, so that none is committed after it was answered', async () => {
    const other = await house.open({ lanes: 2 });
    const request = (n: number) =>
      townRequest(500_000 + n, { card: cardRef(3), amountFen: fen(1), terminalId: merchantTerminal(1) });
    const refusals = new Set<string | null>();
    const rush = Array.from({ length: 200 }, async (_, n) => {
      await new Promise((resolve) => setTimeout(resolve, n / 4));
      const answer = await (n % 2 === 0 ? clearing : other).submit({ request: request(n), isRepeat: false });
      if (answer.status === 'decided') refusals.add(answer.refusal);
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const reported = await step(3, 'report-loss');
    const { rows: at } = await house.pool.query(
      'select balance_fen from ledger.accounts where owner_id = $1 and code = 2',
      [cardRef(3).cardAccountId],
    );
    expect(reported.kind).toBe('taken');
    await Promise.all(rush);
    const { rows: after } = await house.pool.query(
      'select balance_fen from ledger.accounts where owner_id = $1 and code = 2',
      [cardRef(3).cardAccountId],
    );
    // What stood in the books when the report was answered is what stands there now.
    expect(after).toEqual(at);
    expect(refusals).toEqual(new Set([null, 'card-lost']));
  });

  test('that is temporary lifts itself after the days of the product, to the millisecond, swept or not', async () => {
    const reported = (await holderReports(4, true)) as StepTaken;
    expect(reported).toMatchObject({ status: 'temporarily-lost', repeated: false });
    const days = ((reported.liftsAt?.getTime() ?? 0) - reported.effectiveAt.getTime()) / 86_400_000;
    expect(days).toBeCloseTo(7, 3);
    expect(await pay(4)).toBe('card-temporarily-lost');
    expect(await holderReports(4, true)).toEqual({ ...reported, repeated: true });
    await setRow(4, `lifts_at = clock_timestamp() + interval '300 ms'`);
    expect(await pay(4)).toBe('card-temporarily-lost');
    await new Promise((resolve) => setTimeout(resolve, 320));
    expect(await pay(4)).toBeNull();
    expect(await liftLosses(house.pool)).toBe(1);
    expect(await liftLosses(house.pool)).toBe(0);
    expect(await historyOf(cardRef(4).cardId)).toEqual([
      'issue - active system',
      'report-temporary-loss active temporarily-lost holder',
      'lift-temporary-loss temporarily-lost active system',
    ]);
    expect(await hotOf(cardNumber(4))).toEqual(['add temporarily-lost', 'remove temporarily-lost']);
  });

  test('that is temporary becomes a formal one, and is not lifted any more', async () => {
    await holderReports(5, true);
    expect(await holderReports(5, false)).toMatchObject({ status: 'lost', liftsAt: null });
    expect(await step(5, 'lift-temporary-loss')).toEqual({ kind: 'step-not-allowed', status: 'lost' });
    expect(await liftLosses(house.pool)).toBe(0);
    expect(await hotOf(cardNumber(5))).toEqual(['add temporarily-lost', 'add lost']);
  });

  test('that is over before the sweeper comes can be reported anew', async () => {
    await holderReports(6, true);
    await setRow(6, `lifts_at = clock_timestamp() - interval '1 ms'`);
    const again = (await holderReports(6, true)) as StepTaken;
    expect(again.repeated).toBe(false);
    expect(again.liftsAt?.getTime()).toBeGreaterThan(Date.now() + 6 * 86_400_000);
    expect(await pay(6)).toBe('card-temporarily-lost');
  });

  test('that is temporary is lifted by its holder, a formal one is not', async () => {
    const order = { cardAccountId: cardRef(20).cardAccountId, reason: 'found it again' };
    await holderReports(20, true);
    expect(await liftLossByHolder(house.pool, order)).toMatchObject({ status: 'active', repeated: false });
    expect(await pay(20)).toBeNull();
    await holderReports(20, false);
    expect(await liftLossByHolder(house.pool, order)).toEqual({ kind: 'step-not-allowed', status: 'lost' });
  });

  test('cannot be reported for an account that has no card', async () => {
    const nobody = { cardAccountId: 9_999_999n, temporary: false, reason: '' };
    expect(await reportLossByHolder(house.pool, nobody)).toEqual({ kind: 'card-unknown' });
  });
});

describe('a lock', () => {
  test('refuses payments until it is undone, and holds against a lift', async () => {
    await step(7, 'report-temporary-loss');
    await step(7, 'lock');
    expect(await pay(7)).toBe('card-locked');
    expect(await step(7, 'lift-temporary-loss')).toEqual({ kind: 'step-not-allowed', status: 'locked' });
    expect(await replace(7)).toEqual({ kind: 'step-not-allowed', status: 'locked' });
    await step(7, 'unlock');
    expect(await pay(7)).toBeNull();
  });
});

describe('a replacement', () => {
  test('is another number for the same card account; the old one pays no more', async () => {
    await step(8, 'report-loss');
    const replaced = (await replace(8, { cardNumber: '9470000000000008' })) as Replaced;
    expect(replaced).toMatchObject({
      kind: 'replaced',
      status: 'active',
      cardAccountId: cardRef(8).cardAccountId,
    });
    const session = sessionOf(house.pool);
    const resolve = cardResolver({ session, digest: secrets.cardNumberDigest, rememberedMax: 10 });
    const [old, fresh] = [await resolve(cardNumber(8)), await resolve('9470000000000008')];
    expect(old).toMatchObject({ cardId: cardRef(8).cardId, cardAccountId: cardRef(8).cardAccountId });
    expect(fresh).toEqual({ ...old, cardId: replaced.cardId });
    expect(await pay(8)).toBe('card-replaced');
    expect(
      (await till({ card: fresh as NonNullable<typeof fresh>, amountFen: fen(100) })).refusal,
    ).toBeNull();
    expect(await hotOf(cardNumber(8))).toEqual(['add lost', 'add replaced']);
    expect(await hotOf('9470000000000008')).toEqual([]);
    expect(await historyOf(replaced.cardId)).toEqual(['issue - active staff']);
    expect(await auditOf(replaced.cardId)).toEqual(['card-issued']);
  });

  test('takes nothing from what the old card paid: refund and reversal still go back', async () => {
    const paid = await till({ card: cardRef(9), amountFen: fen(700) });
    const trace = {
      terminalId: merchantTerminal(1),
      batchNumber: 1,
      traceNumber: 700_009,
      localDate: town.firstDay,
    };
    const second = await till({ card: cardRef(9), amountFen: fen(50), businessKey: businessKey(trace) });
    expect([paid.refusal, second.refusal]).toEqual([null, null]);
    await replace(9);
    const { cardAccountId } = cardRef(9);
    const refunded = await till({
      kind: 'refund',
      card: { cardId: 0n, cardAccountId, bucket: bucketOf(cardAccountId) },
      amountFen: fen(300),
      original: { id: paid.id, businessKey: null },
    });
    expect(refunded.refusal).toBeNull();
    const reversed = await till({
      kind: 'reversal',
      card: cardRef(9),
      amountFen: fen(50),
      businessKey: reversalKey(trace),
      original: { id: null, businessKey: businessKey(trace) },
    });
    expect(reversed.refusal).toBeNull();
    expect(reversed.legs.find((leg) => leg.balanceFen !== null)?.balanceFen).toBe(9_600n);
  });

  test('whose account is closed later is closed too: nothing is paid or loaded under the old number', async () => {
    // A card of the town that has no money: accounts are closed empty.
    const card = loaded + 5;
    const old = cardRef(card);
    const { cardId } = (await replace(card)) as Replaced;
    const session = sessionOf(house.pool);
    const statusOf = async (id: bigint) =>
      (await findCardStates(session, [{ ...old, cardId: id }])).get(id)?.status;
    expect(await statusOf(old.cardId)).toBe('replaced');
    const order = { cardId, step: 'close', actor: clerk, reason: 'moved away' } as const;
    expect(await takeStep(house.pool, order)).toMatchObject({ kind: 'taken', status: 'closed' });
    expect(await statusOf(old.cardId)).toBe('closed');
    expect(await pay(card)).toBe('card-closed');
  });

  test('asked again answers the same; with another number it is refused', async () => {
    const first = (await replace(10)) as Replaced;
    expect(await replace(10)).toEqual({ ...first, repeated: true });
    expect(await replace(10, { cardNumber: '9470999999999999' })).toEqual({
      kind: 'step-not-allowed',
      status: 'replaced',
    });
  });

  test('by two clerks at once, with two numbers, gives one new card', async () => {
    const answers = await Promise.all(
      ['9471000000000001', '9471000000000002'].map((number) => replace(11, { cardNumber: number })),
    );
    expect(answers.map((answer) => answer.kind).sort()).toEqual(['replaced', 'step-not-allowed']);
    const { rows } = await house.pool.query(
      `select count(*)::int from cards.cards where card_account_id = $1 and status = 'active'`,
      [cardRef(11).cardAccountId],
    );
    expect(rows[0]).toEqual({ count: 1 });
  });

  test('takes no number that another card has, also when two are given it at once', async () => {
    expect(await replace(12, { cardNumber: cardNumber(13) })).toEqual({ kind: 'card-number-taken' });
    const answers = await Promise.all(
      [14, 15].map((card) => replace(card, { cardNumber: '9472000000000001' })),
    );
    expect(answers.map((answer) => answer.kind).sort()).toEqual(['card-number-taken', 'replaced']);
  });

  test('may wait for its holder: the new card is not active until it is activated', async () => {
    const replaced = (await replace(16, { active: false })) as Replaced;
    const card = { ...cardRef(16), cardId: replaced.cardId };
    expect((await till({ card })).refusal).toBe('card-not-active');
    await takeStep(house.pool, { cardId: replaced.cardId, step: 'activate', actor: clerk, reason: 'here' });
    expect((await till({ card })).refusal).toBeNull();
  });

  test("the holder's next report is of the new card", async () => {
    const replaced = (await replace(17)) as Replaced;
    expect(await holderReports(17, false)).toMatchObject({ cardId: replaced.cardId, status: 'lost' });
  });
});

describe('closing', () => {
  test('is refused while a purse has money, and done when all are empty', async () => {
    expect(await step(18, 'close')).toEqual({ kind: 'purse-not-empty' });
    expect(await step(100, 'close')).toMatchObject({ kind: 'taken', status: 'closed' });
    expect(await pay(100)).toBe('card-closed');
    expect(await step(100, 'activate')).toEqual({ kind: 'step-not-allowed', status: 'closed' });
  });

  test('is refused while something is held', async () => {
    const whole = await till({ card: cardRef(19), kind: 'authorise', amountFen: fen(10_000) });
    expect(whole.refusal).toBeNull();
    expect(await step(19, 'close')).toEqual({ kind: 'purse-not-empty' });
  });

  test('races a load: either the money is in and the card stays, or the card is closed and the load refused', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        const card = 110 + i;
        const load = townRequest(600_000 + i, {
          ...{ kind: 'load', sector: 'top-up', terminalId: town.bankTerminal, card: cardRef(card) },
          ...{ amountFen: fen(500), detail: { purse: 'online' } },
        });
        const [answer, closed] = await Promise.all([
          clearing.submit({ request: load, isRepeat: false }),
          step(card, 'close'),
        ]);
        if (answer.status !== 'decided') throw new Error(answer.status);
        return `${answer.refusal ?? 'loaded'} ${closed.kind}`;
      }),
    );
    for (const outcome of outcomes)
      expect(['loaded purse-not-empty', 'card-closed taken']).toContain(outcome);
  });
});

describe('the sweep', () => {
  test('marks cards whose last day is over, once, on two instances', async () => {
    await house.owner.query(`update cards.cards set expires_on = '2026-01-01' where id between $1 and $2`, [
      cardRef(150).cardId,
      cardRef(389).cardId,
    ]);
    expect(await pay(150)).toBe('card-expired');
    let swept = 0;
    for (let round = 0; round < 5; round++) {
      const counts = await Promise.all([expireCards(house.pool), expireCards(house.pool)]);
      for (const count of counts) expect(count).toBeLessThanOrEqual(cardSweepMax);
      swept += counts.reduce((a, b) => a + b, 0);
    }
    expect(swept).toBe(240);
    expect(await pay(150)).toBe('card-expired');
    expect(await historyOf(cardRef(150).cardId)).toEqual([
      'issue - active system',
      'expire active expired system',
    ]);
    expect(await hotOf(cardNumber(389))).toEqual(['add expired']);
  });
});

describe('whatever was done', () => {
  test('the hot list is numbered without a gap, in the order of commits', async () => {
    const { rows } = await house.pool.query(
      `select count(*)::int as count, min(version)::int as first, max(version)::int as last,
         bool_and(at >= before) as ordered
       from (select *, coalesce(lag(at) over (order by version), at) as before from cards.hot_changes) h`,
    );
    expect(rows[0]).toMatchObject({ first: 1, ordered: true });
    expect(rows[0].last).toBe(rows[0].count);
    expect(rows[0].count).toBeGreaterThan(250);
  });

  test('histories are only added to, and no card goes away', async () => {
    for (const text of [
      `update cards.events set reason = ''`,
      'delete from cards.events',
      'delete from cards.hot_changes',
      'delete from cards.cards',
      'truncate cards.persons',
    ]) {
      await expect(house.owner.query(text)).rejects.toThrow('only added to');
      await expect(house.pool.query(text)).rejects.toThrow();
    }
  });

  test('a card account has one card at most that may pay, and what was replaced or closed stays so', async () => {
    for (const card of [8, 100])
      await expect(setRow(card, `status = 'active'`)).rejects.toThrow(/card \d+ is (replaced|closed)/);
    const second = `insert into cards.cards (bucket, id, card_account_id, expires_on, number_digest, number_tail,
        product, status)
      select bucket, id + 5000000, card_account_id, expires_on, decode(repeat('ab', 16), 'hex'), '0000', product, $2
      from cards.cards where id = $1`;
    const { cardId } = cardRef(31);
    await expect(house.owner.query(second, [cardId, 'not-active'])).rejects.toThrow('cards_one_current');
  });

  test('the service cannot change a number, an account or an expiry', async () => {
    for (const set of [`number_tail = '0000'`, 'card_account_id = 1', `expires_on = '2099-01-01'`])
      await expect(house.pool.query(`update cards.cards set ${set}`)).rejects.toThrow('permission denied');
  });

  test('a reason is kept without the numbers that people write into it', async () => {
    await step(30, 'lock', 'found with 9000000000000030 at the till');
    const { rows } = await house.pool.query(`select events::text as row from cards.events`);
    expect(rows.map(({ row }) => row).join('\n')).not.toContain('900000000000003');
  });
});
