import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionOf } from '#platform/postgres.ts';
import { verify } from '#settlement/verify.ts';
import { type LoadTown, openLoadTown } from '#testing/loads/load-town.ts';
import { cardRef } from '#testing/town.ts';
import { httpBank } from './bank/http-bank.ts';
import { driveDueOrders } from './drive.ts';
import type { LoadOrderParts } from './parts.ts';
import { resumeOrder } from './resume.ts';
import { attemptsMax, debitLifeMs } from './rules/order.ts';
import { findFailedOrders } from './store.ts';

let town: LoadTown;
let cards = 0;

beforeAll(async () => {
  town = await openLoadTown(60);
});
afterAll(async () => {
  expect(await verify(town.house.pool)).toMatchObject({ ok: true });
  await everyOrderIsWhole();
  await town.close();
});

/** A card with a bank account of this behaviour. */
async function cardWith(behaviour: string, times = 0): Promise<number> {
  const card = cards++;
  await town.bind(card, behaviour, times);
  return card;
}

async function ordersOf(card: number) {
  const { rows } = await town.house.pool.query(
    'select id, state, reason, amount_fen from load_orders.orders where card_account_id = $1 order by id',
    [cardRef(card).cardAccountId],
  );
  return rows as { id: bigint; state: string; reason: string | null; amount_fen: bigint }[];
}

/** What must hold of every order, once it is finished: money is at the bank or in the purse, and in one of them. */
async function everyOrderIsWhole() {
  const books = new Map((await town.bankBooks()).map((debit) => [debit.reference, debit]));
  for (let card = 0; card < cards; card++) {
    let loaded = 0n;
    for (const { id, state, amount_fen } of await ordersOf(card)) {
      const atBank = books.get(`LO${id}`)?.state;
      if (state === 'loaded') loaded += amount_fen;
      expect(['loaded', 'refused', 'returned'], `order ${id} is ${state}`).toContain(state);
      expect(atBank === 'done', `order ${id} is ${state}, the bank says ${atBank}`).toBe(state === 'loaded');
      if (state === 'returned') expect(atBank).toBe('returned');
    }
    expect(await town.online(card), `card ${card}`).toBe(loaded);
  }
}

const setCard = (card: number, status: string) =>
  town.house.owner.query('update cards.cards set status = $2 where id = $1', [cardRef(card).cardId, status]);

/** Parts whose bank has answered the debit when the card is reported lost. */
function losingCard(card: number): LoadOrderParts {
  return {
    ...town.parts,
    connect: (at) => {
      const bank = httpBank(at);
      return {
        ...bank,
        debit: async (ask) => {
          const answer = await bank.debit(ask);
          await setCard(card, 'lost');
          return answer;
        },
      };
    },
  };
}

describe('a load from the bank', () => {
  test('is debited once and loaded once, and the same key is the same order', async () => {
    const card = await cardWith('00');
    const first = await town.order(card, { key: 'once', amount: 7_000 });
    expect(first).toMatchObject({ status: 'ordered', replay: false, order: { state: 'loaded' } });
    expect(await town.online(card)).toBe(7_000n);
    const again = await town.order(card, { key: 'once', amount: 7_000 });
    expect(again).toMatchObject({ status: 'ordered', replay: true });
    expect(await town.order(card, { key: 'once', amount: 7_001 })).toEqual({
      status: 'key-reused',
      field: 'amount',
    });
    expect(await town.online(card)).toBe(7_000n);
    const [order] = await ordersOf(card);
    const { rows } = await town.house.pool.query(
      'select actor_kind, act from audit.events where subject = $1',
      [`load-order ${order?.id}`],
    );
    expect(rows).toEqual([{ actor_kind: 'holder', act: 'load-ordered' }]);
  });

  test('asked for by ten taps of one key at once is one order', async () => {
    const card = await cardWith('00');
    const answers = await Promise.all(Array.from({ length: 10 }, () => town.order(card, { key: 'ten' })));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set(['ordered']));
    expect(await ordersOf(card)).toHaveLength(1);
    expect(await town.online(card)).toBe(5_000n);
  });

  test.for([
    ['01', 'account-closed'],
    ['12', 'insufficient-funds'],
  ] as const)(
    'is refused for the bank’s reason (%s: %s), and nothing is loaded',
    async ([behaviour, reason]) => {
      const card = await cardWith(behaviour);
      expect(await town.order(card)).toMatchObject({ order: { state: 'refused', reason } });
      expect(await town.online(card)).toBe(0n);
    },
  );

  test('is refused before the bank is asked, where the one path would refuse it', async () => {
    const card = await cardWith('00');
    await setCard(card, 'locked');
    expect(await town.order(card)).toMatchObject({ order: { state: 'refused', reason: 'card-locked' } });
    const [order] = await ordersOf(card);
    expect((await town.bankBooks()).map((debit) => debit.reference)).not.toContain(`LO${order?.id}`);
  });

  test('without a bound account is none', async () => {
    expect(await town.order(59)).toEqual({ status: 'refused', reason: 'bank-binding-missing' });
    expect(await ordersOf(59)).toEqual([]);
  });

  test('that the one path refuses after the debit goes back to the bank', async () => {
    const card = await cardWith('00');
    const answer = await town.order(card, { parts: losingCard(card) });
    expect(answer).toMatchObject({ order: { state: 'returned', reason: 'card-lost' } });
    expect(await town.online(card)).toBe(0n);
  });

  test('whose refund loses its answer is refunded once', async () => {
    const card = await cardWith('13', 2);
    expect(await town.order(card, { parts: losingCard(card) })).toMatchObject({
      order: { state: 'returning' },
    });
    await town.finish();
    expect(await ordersOf(card)).toMatchObject([{ state: 'returned', reason: 'card-lost' }]);
  });

  test.for(['02', '04', '06', '08', '09'])(
    'whose debit happened and lost its answer (%s) is found by inquiry and loaded',
    async (behaviour) => {
      const card = await cardWith(behaviour, 1);
      expect(await town.order(card)).toMatchObject({ order: { state: 'loaded' } });
    },
  );

  test.for(['03', '05', '07', '14'])(
    'whose debit did not happen, or happened later (%s), is asked for again and loaded once',
    async (behaviour) => {
      const card = await cardWith(behaviour, 1);
      expect(await town.order(card)).toMatchObject({ order: { state: 'requested' } });
      await town.finish();
      await sleep(400);
      expect(await ordersOf(card)).toMatchObject([{ state: 'loaded' }]);
      expect(await town.online(card)).toBe(5_000n);
    },
  );

  test('that a bank never confirms is given up: it is refused for ever at the bank, also when it comes late', async () => {
    const never = await cardWith('05', 9);
    const later = await cardWith('14', 9);
    for (const card of [never, later])
      expect(await town.order(card)).toMatchObject({ order: { state: 'requested' } });
    await town.age(debitLifeMs + 1);
    await town.finish();
    expect(await ordersOf(never)).toMatchObject([{ state: 'refused', reason: 'bank-silent' }]);
    await sleep(400);
    expect(['refused', 'returned']).toContain((await ordersOf(later))[0]?.state);
    expect(await town.online(later)).toBe(0n);
  });

  test('with a bank that says nothing at all rests, and goes on when the bank is back', async () => {
    const card = await cardWith('10', 4);
    expect(await town.order(card)).toMatchObject({ order: { state: 'requested' } });
    await town.finish();
    expect(await ordersOf(card)).toMatchObject([{ state: 'loaded' }]);
  });

  test('that failed is left to people, who take it up again where it stopped: one of two who do', async () => {
    const card = await cardWith('11', 3);
    expect(await town.order(card, { parts: losingCard(card) })).toMatchObject({
      order: { state: 'returning' },
    });
    const [{ id } = { id: 0n }] = await ordersOf(card);
    const { bucket } = cardRef(card);
    await town.house.owner.query(`update load_orders.orders set attempts = ${attemptsMax} where id = $1`, [
      id,
    ]);
    await town.finish();
    expect(await ordersOf(card)).toMatchObject([{ state: 'failed', reason: 'refund-silent' }]);
    const failed = await findFailedOrders(sessionOf(town.house.pool), 0n, 10);
    expect(failed.map((order) => order.id)).toEqual([id]);
    const by = { actor: { kind: 'staff', id: 7n }, reason: 'the bank was called' } as const;
    const resumed = await Promise.all([1, 2].map(() => resumeOrder(town.house.pool, { bucket, id }, by)));
    expect(resumed.filter((order) => order !== null)).toHaveLength(1);
    await town.finish();
    expect(await ordersOf(card)).toMatchObject([{ state: 'returned' }]);
    const { rows } = await town.house.pool.query(
      'select act from audit.events where subject = $1 order by 1',
      [`load-order ${id}`],
    );
    expect(rows.map((row) => row.act)).toEqual(['load-order-failed', 'load-order-resumed', 'load-ordered']);
  });

  test('two instances drive what is due between them, each order once', async () => {
    const some = await Promise.all(Array.from({ length: 6 }, () => cardWith('05', 1)));
    await Promise.all(some.map((card) => town.order(card)));
    const other = { ...town.parts, clearing: await town.house.open() };
    await town.house.owner.query(`update load_orders.orders set due_at = now() where state = 'requested'`);
    const driven = await Promise.all([driveDueOrders(town.parts), driveDueOrders(other)]);
    expect(driven[0] + driven[1]).toBe(6);
    for (const card of some) expect(await town.online(card)).toBe(5_000n);
  });
});
