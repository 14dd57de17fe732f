import { afterAll, beforeAll, expect, test } from 'vitest';
import { httpBank } from '#load-orders/bank/http-bank.ts';
import type { LoadOrderParts } from '#load-orders/parts.ts';
import { type LoadTown, openLoadTown } from '#testing/loads/load-town.ts';
import { afterTampering, findWrongRow } from '#testing/tampering.ts';
import { cardRef, loadTown } from '#testing/town.ts';
import { loadOrderProofs } from './orders.ts';

let town: LoadTown;

/** Orders in every state they can rest in, and loads that the bank's terminal posted by itself. */
beforeAll(async () => {
  town = await openLoadTown(6);
  await loadTown(town.clearing, { cards: 2, amountFen: 500n });
  await town.bind(0, '00');
  await town.bind(1, '00');
  await town.order(0, { amount: 7_000 });
  await town.order(1, { amount: 7_000 });
  await town.order(0, { purse: 'e-purse' });
  await town.bind(2, '01');
  await town.order(2);
  await town.bind(3, '05', 9);
  await town.order(3);
  await town.bind(4, '00');
  await town.order(4, { parts: losingCard(4) });
});
afterAll(() => town?.close());

/** Parts whose bank has answered the debit when the card is lost: the money goes back. */
function losingCard(card: number): LoadOrderParts {
  const connect: LoadOrderParts['connect'] = (address) => {
    const bank = httpBank(address);
    const debit: typeof bank.debit = async (ask) => {
      const answer = await bank.debit(ask);
      await town.house.owner.query(`update cards.cards set status = 'lost' where id = $1`, [
        cardRef(card).cardId,
      ]);
      return answer;
    };
    return { ...bank, debit };
  };
  return { ...town.parts, connect };
}

test('load orders that nobody touched are found right, beside loads that a bank posted by itself', async () => {
  const { rows } = await town.house.pool.query('select state from load_orders.orders group by 1 order by 1');
  expect(rows.map(({ state }) => state)).toEqual(['loaded', 'refused', 'requested', 'returned']);
  expect(await findWrongRow(town.house.owner, loadOrderProofs)).toBeNull();
});

const order = 'load_orders.orders';
const nth = (state: string, n = 0) =>
  `(select id from load_orders.orders where state = '${state}' order by id offset ${n} limit 1)`;
const set = (of: string, what: string) =>
  `update load_orders.orders set ${what} where id = ${of} returning format('id %s', id)`;
const entryOf = (n: number) => `(select entry_id from load_orders.orders where id = ${nth('loaded', n)})`;

test.for([
  ['an amount that was raised', order, set(nth('loaded'), 'amount_fen = amount_fen + 1')],
  ['an order that was given to another account', order, set(nth('loaded'), 'card_account_id = 1000003')],
  ['an order that was given to another purse', order, set(nth('loaded'), `purse = 'e-purse'`)],
  ['an order that was given to another bank’s terminal', order, set(nth('loaded'), 'terminal_id = 1')],
  ['an order that names another order’s entry', order, set(nth('loaded'), `entry_id = ${entryOf(1)}`)],
  ['a load that was called refused', order, set(nth('loaded'), `state = 'refused', entry_id = null`)],
  ['a load that was called returned', order, set(nth('loaded'), `state = 'returned', entry_id = null`)],
  [
    'a load that was called failed',
    order,
    set(nth('loaded'), `state = 'failed', reason = 'bank-contradicts', entry_id = null`),
  ],
  ['a refusal that was called loaded', order, set(nth('refused'), `state = 'loaded', entry_id = 1`)],
  [
    'a load whose entry is gone',
    order,
    `delete from ledger.entries where id = ${entryOf(0)}; select format('id %s', ${nth('loaded')})`,
  ],
  [
    'a load whose order is gone',
    'ledger.entries',
    `delete from load_orders.orders where id = ${nth('loaded')} returning format('id %s', entry_id)`,
  ],
] as const)('%s is found', async ([, table, sql]) => {
  const { key, wrong } = await afterTampering(town.house.owner, sql, loadOrderProofs);
  expect(wrong).toMatchObject({ table, key, expected: expect.any(String), found: expect.any(String) });
  expect(wrong?.expected).not.toBe(wrong?.found);
});
