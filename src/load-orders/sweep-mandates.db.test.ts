import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '#audit/rules/event.ts';
import { fen } from '#money/fen.ts';
import { sessionOf } from '#platform/postgres.ts';
import { verify } from '#settlement/verify.ts';
import { type LoadTown, openLoadTown } from '#testing/loads/load-town.ts';
import { cardRef } from '#testing/town.ts';
import { bindAccount } from './bindings.ts';
import { driveDueOrders } from './drive.ts';
import { consentTo, mandateOf, revoke } from './mandates.ts';
import { sweepMandates } from './sweep-mandates.ts';

const thresholdFen = fen(2_000);
const amountFen = fen(5_000);
let town: LoadTown;
let cards = 0;

beforeAll(async () => {
  town = await openLoadTown(24);
});
afterAll(async () => {
  expect(await verify(town.house.pool)).toMatchObject({ ok: true });
  await town.close();
});

const consent = (card: number, over: Partial<Parameters<typeof consentTo>[1]> = {}) => {
  const { cardAccountId } = cardRef(card);
  const actor = { kind: 'holder', id: cardAccountId } as const;
  return consentTo(town.house.pool, {
    cardAccountId,
    thresholdFen,
    amountFen,
    perDayMax: 2,
    consentVersion: '2026-11',
    actor,
    ...over,
  });
};

/** A card of this behaviour whose holder consented. */
async function mandated(behaviour = '00', times = 0): Promise<number> {
  const card = cards++;
  await town.bind(card, behaviour, times);
  await consent(card);
  return card;
}

async function ordersOf(card: number) {
  const { rows } = await town.house.pool.query(
    'select id, state, reason from load_orders.orders where card_account_id = $1 order by id',
    [cardRef(card).cardAccountId],
  );
  return rows as { id: bigint; state: string; reason: string | null }[];
}

async function spend(card: number): Promise<void> {
  const session = town.house.owner;
  const id = cardRef(card).cardAccountId;
  // What was loaded a while ago is spent by now: only its orders' age matters here.
  await session.query(`set session_replication_role = replica;
    update load_orders.orders set created_at = created_at - interval '1 hour' where card_account_id = ${id};
    set session_replication_role = origin`);
}

const sweep = () => sweepMandates(town.parts, 0n);

describe('a load by itself', () => {
  test('is ordered for a balance below the threshold, driven by whoever claims it, and not again after it', async () => {
    const card = await mandated();
    expect(await sweep()).toMatchObject({ ordered: 1, after: 0n });
    expect(await sweep()).toMatchObject({ ordered: 0 });
    await driveDueOrders(town.parts);
    expect(await ordersOf(card)).toMatchObject([{ state: 'loaded' }]);
    expect(await town.online(card)).toBe(5_000n);
    expect(await sweep()).toMatchObject({ ordered: 0 });
  });

  test('is one order, however many instances sweep at the same moment', async () => {
    const some = [await mandated(), await mandated(), await mandated()];
    const rounds = await Promise.all(Array.from({ length: 8 }, sweep));
    expect(rounds.reduce((sum, round) => sum + round.ordered, 0)).toBe(some.length);
    await driveDueOrders(town.parts);
    for (const card of some) expect(await ordersOf(card)).toHaveLength(1);
  });

  test('stands in the audit trail as an act of ours, under the consent that it came by', async () => {
    const card = await mandated();
    await sweep();
    const [order] = await ordersOf(card);
    const mandate = await mandateOf(sessionOf(town.house.pool), cardRef(card).cardAccountId);
    const { rows } = await town.house.pool.query(
      `select actor_kind, act, reason from audit.events where subject = $1`,
      [`load-order ${order?.id}`],
    );
    expect(rows).toEqual([{ actor_kind: 'system', act: 'load-ordered', reason: `mandate ${mandate?.id}` }]);
    await town.finish();
  });

  test('that failed rests: half an hour, not the next round', async () => {
    const card = await mandated('12');
    await sweep();
    await driveDueOrders(town.parts);
    expect(await ordersOf(card)).toMatchObject([{ state: 'refused', reason: 'insufficient-funds' }]);
    expect(await sweep()).toMatchObject({ ordered: 0 });
    await spend(card);
    expect(await sweep()).toMatchObject({ ordered: 1 });
    await town.finish();
  });

  test('is not ordered once the consent is revoked, or once another bank account is bound', async () => {
    const revoked = await mandated();
    const rebound = await mandated();
    const { cardAccountId } = cardRef(revoked);
    const actor = { kind: 'holder', id: cardAccountId } as const;
    expect(await revoke(town.house.pool, { cardAccountId, actor })).toBe(true);
    expect(await revoke(town.house.pool, { cardAccountId, actor })).toBe(false);
    await town.bind(rebound, '00');
    expect(await sweep()).toMatchObject({ ordered: 0 });
    expect(await mandateOf(sessionOf(town.house.pool), cardRef(rebound).cardAccountId)).toBeNull();
  });

  test('is not ordered for a card that may not be loaded: it is kept as refused, and the bank is not asked', async () => {
    const card = await mandated();
    const id = cardRef(card).cardId;
    await town.house.owner.query(`update cards.cards set status = 'closed' where id = $1`, [id]);
    await sweep();
    const orders = await ordersOf(card);
    expect(orders).toMatchObject([{ state: 'refused', reason: 'card-closed' }]);
    const asked = (await town.bankBooks()).map((debit) => debit.reference);
    expect(asked).not.toContain(`LO${orders[0]?.id}`);
  });
});

describe('a consent', () => {
  test('that is given again as it is changes nothing; another one takes its place, and the first stays in the history', async () => {
    const card = await mandated();
    const first = await consent(card);
    expect(await consent(card)).toEqual(first);
    const second = await consent(card, { amountFen: fen(6_000) });
    expect(second).toMatchObject({ amountFen: 6_000n });
    const { rows } = await town.house.pool.query(
      `select amount_fen, revoked_at is null as active from load_orders.mandates where card_account_id = $1 order by id`,
      [cardRef(card).cardAccountId],
    );
    expect(rows).toEqual([
      { amount_fen: 5_000n, active: false },
      { amount_fen: 6_000n, active: true },
    ]);
    await sweep();
    await town.finish();
  });

  test('of one holder given by many devices at once leaves one in force', async () => {
    const card = await mandated();
    const answers = await Promise.all([1, 2, 3, 4].map((n) => consent(card, { amountFen: fen(6_000 + n) })));
    expect(answers.every((answer) => typeof answer === 'object')).toBe(true);
    const { rows } = await town.house.pool.query(
      'select count(*)::int as active from load_orders.mandates where card_account_id = $1 and revoked_at is null',
      [cardRef(card).cardAccountId],
    );
    expect(rows).toEqual([{ active: 1 }]);
  });

  test('is refused where no bank account is bound', async () => {
    expect(await consent(23)).toBe('bank-binding-missing');
  });
});

describe('what the database refuses for every role', () => {
  test.for([
    ['an order that changes its amount', 'update load_orders.orders set amount_fen = amount_fen + 1'],
    [
      'an order that goes back from loaded',
      `update load_orders.orders set state = 'requested', entry_id = null where state = 'loaded'`,
    ],
    ['an order that goes away', 'delete from load_orders.orders'],
    [
      'a consent that comes back to life',
      'update load_orders.mandates set revoked_at = null where revoked_at is not null',
    ],
    ['a consent over another amount', 'update load_orders.mandates set amount_fen = 1'],
    ['a bank account that is exchanged', `update load_orders.bindings set account_tail = '0000'`],
  ] as const)('%s', async ([, sql]) => {
    await expect(town.house.owner.query(sql)).rejects.toThrow(/order|only/);
  });

  test('the account number is sealed, and its tail is all that can be read', async () => {
    const card = cards++;
    const accountNumber = '9100000123456';
    const { cardAccountId } = cardRef(card);
    const bound = { cardAccountId, participantId: 900_002, accountNumber, consentVersion: '1' };
    await bindAccount(town.house.pool, { ...bound, actor: systemActor }, town.secrets.sealPersonal);
    const { rows } = await town.house.pool.query(
      'select account_tail, account_sealed from load_orders.bindings where card_account_id = $1',
      [cardAccountId],
    );
    expect(rows[0].account_tail).toBe('3456');
    expect(rows[0].account_sealed.toString('latin1')).not.toContain('0123456');
  });
});
