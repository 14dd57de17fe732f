import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compensate } from '#clearing/compensate.ts';
import { fen } from '#money/fen.ts';
import { sessionOf } from '#platform/postgres.ts';
import { closeDay } from '#settlement/close-day.ts';
import { cardRef, merchantTerminal, town } from '#testing/town.ts';
import { messagesOf, openWebhookTown, partner, type WebhookTown } from '#testing/webhooks/webhook-town.ts';
import { disable, enable } from '#webhooks/endpoints/keep-endpoints.ts';
import { feedEvents } from './feed-events.ts';

const nowhere = 'http://127.0.0.1:9/hooks';
let at: WebhookTown;

beforeAll(async () => {
  at = await openWebhookTown();
  // Nobody listens yet: nobody is ever told of this.
  await at.pay();
  await at.feed();
});
afterAll(() => at?.close());
/** Each test listens on its own: the endpoints of those before fall silent. */
beforeEach(async () => {
  await at.house.pool.query(
    `update webhooks.endpoints set state = 'disabled', reason = 'by-participant',
      disabled_at = clock_timestamp() - interval '30 days' where state = 'active'`,
  );
});

const told = async (endpointId: bigint) =>
  (await messagesOf(at, endpointId)).map(({ type, data }) => [type, data.transactionId ?? data.businessDate]);

describe('the feeder', () => {
  test('tells an endpoint what is its participant’s and was committed after it began to listen', async () => {
    await at.pay();
    const { endpoint } = await at.listen(1, nowhere);
    const mine = await at.pay({ amountFen: fen(1250) });
    await at.pay({ terminalId: merchantTerminal(2) });
    await at.feed();
    const messages = await messagesOf(at, endpoint.id);
    expect(messages).toMatchObject([
      {
        ...{ type: 'transaction.booked', state: 'waiting', source: 'entry', sourceId: mine.id },
        data: { transactionId: mine.transactionId, amount: 1250, direction: 'credit', cardTail: '0000' },
      },
    ]);
  });

  test('tells each endpoint of a participant, and each event once, however often it is asked', async () => {
    const [one, two] = [await at.listen(1, nowhere), await at.listen(1, nowhere)];
    const paid = [await at.pay(), await at.pay({ card: cardRef(1) }), await at.pay()];
    await at.feed();
    await at.feed();
    const wanted = paid.map(({ transactionId }) => ['transaction.booked', transactionId]);
    expect((await told(one.endpoint.id)).sort()).toEqual(wanted.toSorted());
    expect((await told(two.endpoint.id)).sort()).toEqual(wanted.toSorted());
  });

  test('tells what becomes of a payment in its own words, what our desk gives back too', async () => {
    const { endpoint } = await at.listen(1, nowhere);
    const bank = await at.listen(town.bankId, nowhere);
    const first = await at.pay({ amountFen: fen(500) });
    const original = { id: first.id, businessKey: null };
    const returned = await at.pay({ kind: 'refund', amountFen: fen(100), original });
    const held = await at.pay({ kind: 'authorise', amountFen: fen(300) });
    const parts = { session: sessionOf(at.house.pool), clearing: at.clearing };
    const given = await compensate(parts, {
      ...{ original: { cardAccountId: cardRef(0).cardAccountId, id: first.id }, amountFen: fen(50) },
      ...{ reason: 'overcharged', remark: '', key: 'one', by: { kind: 'staff', id: 1n } },
    });
    if (typeof given === 'string' || given.status !== 'decided') throw new Error('nothing was given back');
    const over = { kind: 'load', sector: 'top-up', detail: { purse: 'online' } } as const;
    const loaded = await at.pay({ ...over, terminalId: town.bankTerminal });
    await at.feed();
    expect(await told(endpoint.id)).toEqual([
      ['transaction.booked', first.transactionId],
      ['transaction.returned', returned.transactionId],
      ['transaction.authorised', held.transactionId],
      ['transaction.returned', `${cardRef(0).cardAccountId}-${given.id}`],
    ]);
    expect((await messagesOf(at, endpoint.id)).at(-1)?.data).toMatchObject({
      ...{ kind: 'compensation', amount: 50, direction: 'debit' },
      originalTransactionId: first.transactionId,
    });
    expect(await told(bank.endpoint.id)).toEqual([['transaction.booked', loaded.transactionId]]);
    expect((await messagesOf(at, bank.endpoint.id))[0]?.data).toMatchObject({ direction: 'debit' });
  });

  test('tells a day once it is sealed and everything of it was told, with what it comes to', async () => {
    const { endpoint } = await at.listen(1, nowhere);
    const late = await at.listen(3, nowhere);
    const paid = await at.pay({ amountFen: fen(700) });
    const { rows } = await at.house.pool.query(`select business_date as day from ledger.business_days
      where closed_at is null`);
    const day = rows[0].day as string;
    const closed = await closeDay(at.house.pool, day, { kind: 'staff', id: 1n });
    if (typeof closed === 'string') throw new Error(closed);
    await at.feed();
    await at.feed();
    expect(await told(endpoint.id)).toEqual([
      ['transaction.booked', paid.transactionId],
      ['business-day.closed', day],
    ]);
    const { rows: nets } = await at.house.pool.query(
      'select credit_fen - debit_fen as net from settlement.nets where participant_id = 1 and business_date = $1',
      [day],
    );
    expect((await messagesOf(at, endpoint.id)).at(-1)?.data).toMatchObject({
      ...{ net: Number(nets[0].net), seal: closed.sealHex },
    });
    expect(await told(late.endpoint.id)).toEqual([['business-day.closed', day]]);
    const after = await at.listen(1, nowhere);
    await at.feed();
    expect(await told(after.endpoint.id)).toEqual([]);
  });

  test('goes on for an endpoint that is disabled, for a week; after that it begins anew', async () => {
    const { endpoint } = await at.listen(1, nowhere);
    const named = { id: endpoint.id, participantId: 1 };
    await disable(at.parts, { ...named, reason: 'by-participant' }, partner(1));
    const first = await at.pay();
    await at.feed();
    expect(await enable(at.parts, named, partner(1))).toMatchObject({ missedNothing: true });
    expect(await told(endpoint.id)).toEqual([['transaction.booked', first.transactionId]]);
    await disable(at.parts, { ...named, reason: 'by-participant' }, partner(1));
    await at.house.pool.query(
      `update webhooks.endpoints set disabled_at = clock_timestamp() - interval '8 days' where id = $1`,
      [endpoint.id],
    );
    await at.pay();
    await at.feed();
    expect(await enable(at.parts, named, partner(1))).toMatchObject({ missedNothing: false });
    const last = await at.pay();
    await at.feed();
    expect((await told(endpoint.id)).slice(1)).toEqual([['transaction.booked', last.transactionId]]);
  });
});

describe('whoever dies', () => {
  test.for(['read the books', 'wrote messages', 'wrote what is told'])(
    'after it %s loses nothing and tells nothing twice',
    async (act) => {
      const { endpoint } = await at.listen(1, nowhere);
      const paid = [await at.pay(), await at.pay()];
      const dies = at.feed((passed) => {
        if (passed === act) throw new Error('died');
      });
      await expect(dies).rejects.toThrow('died');
      expect(await told(endpoint.id)).toEqual([]);
      await at.feed();
      expect(await told(endpoint.id)).toEqual(
        paid.map(({ transactionId }) => ['transaction.booked', transactionId]),
      );
    },
  );

  test('many feed and pay and begin to listen at once: each endpoint is told all of its events once', async () => {
    const endpoints: { id: bigint; paidBefore: number }[] = [];
    const ids: bigint[] = [];
    let paying = true;
    const feeders = Array.from({ length: 4 }, async () => {
      while (paying) {
        // A crowd of listeners makes the pool wait: that is not what is tried here.
        await feedEvents({
          pool: at.house.pool,
          passed: (act) => {
            if (act === 'wrote messages' && Math.random() < 0.2) throw new Error('died');
          },
        }).catch(() => undefined);
      }
    });
    for (let round = 0; round < 30; round++) {
      if (round % 10 === 5)
        endpoints.push({ id: (await at.listen(1, nowhere)).endpoint.id, paidBefore: ids.length });
      const cards = [0, 1, 2, 3].map((card) => at.pay({ card: cardRef(card) }));
      for (const { id } of await Promise.all(cards)) ids.push(id);
    }
    paying = false;
    await Promise.all(feeders);
    await at.feed();
    for (const { id, paidBefore } of endpoints) {
      const messages = await messagesOf(at, id);
      const sources = messages.map(({ sourceId }) => sourceId).sort();
      expect(sources).toEqual(ids.slice(paidBefore).sort());
    }
  });
});

test('where nobody listens the feeder asks for its lock and for listeners, and for nothing of the books', async () => {
  const asked: string[] = [];
  const client = await at.house.pool.connect();
  const query = client.query.bind(client);
  client.query = ((...args: Parameters<typeof query>) => {
    const [first] = args as unknown as [string | { name?: string; text: string }];
    asked.push(typeof first === 'string' ? first : (first.name ?? first.text));
    return query(...args);
  }) as typeof client.query;
  const release = client.release.bind(client);
  const pool = { connect: async () => client } as unknown as typeof at.house.pool;
  client.release = () => undefined;
  await feedEvents({ pool });
  release();
  expect(asked).toEqual(['begin', 'webhooks-try-feed', 'webhooks-listeners', 'commit']);
});
