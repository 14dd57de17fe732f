import { afterAll, beforeAll, expect, test } from 'vitest';
import { verify } from '#settlement/verify.ts';
import { dyingAt } from '#testing/loads/dying.ts';
import { type LoadTown, openLoadTown } from '#testing/loads/load-town.ts';
import { cardRef } from '#testing/town.ts';
import type { LoadOrderParts } from './parts.ts';

const dealingsMax = 60;
let town: LoadTown;

beforeAll(async () => {
  town = await openLoadTown(4);
});
afterAll(async () => {
  expect(await verify(town.house.pool)).toMatchObject({ ok: true });
  await town.close();
});

const setCard = (card: number, status: string) =>
  town.house.owner.query('update cards.cards set status = $2 where id = $1', [cardRef(card).cardId, status]);

const stories: readonly {
  readonly title: string;
  readonly behaviour: string;
  readonly ends: string;
  /** What happens while the bank debits. */
  readonly meanwhile: (card: number) => Promise<unknown>;
}[] = [
  { title: 'is loaded', behaviour: '00', ends: 'loaded', meanwhile: async () => undefined },
  {
    title: 'loses the answer to its debit',
    behaviour: '04',
    ends: 'loaded',
    meanwhile: async () => undefined,
  },
  {
    title: 'is refused after its debit and goes back',
    behaviour: '00',
    ends: 'returned',
    meanwhile: (card) => setCard(card, 'lost'),
  },
];

test.for(stories.map((story, card) => ({ ...story, card })))(
  'an order that $title ends whole wherever its process dies: in one purse or at the bank, and once',
  { timeout: 180_000 },
  async ({ behaviour, card, ends, meanwhile }) => {
    await town.bind(card, behaviour, behaviour === '00' ? 0 : 1);
    const parts: LoadOrderParts = {
      ...town.parts,
      connect: (at) => {
        const bank = town.parts.connect(at);
        return { ...bank, debit: (ask) => meanwhile(card).then(() => bank.debit(ask)) };
      },
    };
    let dealing = 0;
    let crashes = 0;
    let reached = '';
    while (reached === '' && dealing < dealingsMax) {
      dealing += 1;
      for (const when of ['before', 'after'] as const) {
        await setCard(card, 'active');
        const key = `${card} ${dealing} ${when}`;
        const dying = dyingAt(parts, { dealing, when });
        const answer = await town.order(card, { key, parts: dying.parts }).catch(() => null);
        if (!dying.isDead()) {
          reached = answer?.status === 'ordered' ? answer.order.state : 'nothing';
          continue;
        }
        crashes += 1;
        await town.finish(parts);
        await setCard(card, 'active');
        // The holder never had an answer and asks again with the same key.
        await town.order(card, { key, parts });
        await town.finish(parts);
      }
    }
    expect(reached, 'at last the story was told to its end').toBe(ends);
    expect(crashes).toBeGreaterThan(15);
    await everyOrderEndedAs(card, ends);
  },
);

async function everyOrderEndedAs(card: number, ends: string): Promise<void> {
  const { rows } = await town.house.pool.query<{ id: bigint; state: string; amount_fen: bigint }>(
    'select id, state, amount_fen from load_orders.orders where card_account_id = $1 order by id',
    [cardRef(card).cardAccountId],
  );
  const books = new Map((await town.bankBooks()).map((debit) => [debit.reference, debit.state]));
  expect(rows.length).toBeGreaterThan(15);
  let loaded = 0n;
  for (const { id, state, amount_fen } of rows) {
    expect(['loaded', 'returned', 'refused']).toContain(state);
    expect(books.get(`LO${id}`) === 'done', `order ${id}: ${state}`).toBe(state === 'loaded');
    if (state === 'loaded') loaded += amount_fen;
  }
  expect(rows.some((row) => row.state === ends)).toBe(true);
  expect(await town.online(card)).toBe(loaded);
}
