import { expect } from 'vitest';
import type { Actor } from '#audit/rules/event.ts';
import type { Clearing } from '#clearing/open.ts';
import type { Request } from '#clearing/request.ts';
import { openLog } from '#platform/log.ts';
import { sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { loadTown, townRequest } from '#testing/town.ts';
import { nameServerResolver } from '#webhooks/delivery/addresses.ts';
import { type Delivery, type DeliveryParts, openDelivery } from '#webhooks/delivery/deliver.ts';
import { openSender, type SendParts } from '#webhooks/delivery/send.ts';
import { createEndpoint, type EndpointParts, type ShownKeys } from '#webhooks/endpoints/keep-endpoints.ts';
import type { Endpoint } from '#webhooks/endpoints/store.ts';
import { feedEvents } from '#webhooks/feed/feed-events.ts';

export const partner = (id: number): Actor => ({ kind: 'participant', id: BigInt(id) });

/** A small town with partners who listen. */
export interface WebhookTown {
  readonly house: TestTown;
  readonly clearing: Clearing;
  readonly parts: EndpointParts;
  /** Pays, and gives the entry's id and its card account. */
  pay(over?: Partial<Request>): Promise<{ readonly id: bigint; readonly transactionId: string }>;
  listen(participantId: number, url: string): Promise<{ endpoint: Endpoint; keys: ShownKeys }>;
  /** Feeds until there is no more. */
  feed(passed?: (act: string) => void): Promise<void>;
  /** Another instance that delivers. */
  delivery(over?: Partial<DeliveryParts>, send?: Partial<SendParts>): Delivery;
  /** Sends what is due now, and waits for every answer. */
  sendDue(delivery: Delivery): Promise<void>;
  /** Lets everything be due that waits. */
  passTime(): Promise<void>;
  close(): Promise<void>;
}

export async function openWebhookTown(cards = 4): Promise<WebhookTown> {
  const house = await openTestTown({ merchants: 3, cards });
  const clearing = await house.open({ lanes: 2 });
  await loadTown(clearing, { cards, amountFen: 1_000_000n });
  const secrets = openSecrets({ masterKeyHex: 'c0c0'.repeat(16), dataDir: '/' });
  const policy = { privateNetworks: true };
  const parts: EndpointParts = { pool: house.pool, secrets, policy };
  const deliveries: Delivery[] = [];
  let traces = 0;
  return {
    house,
    clearing,
    parts,
    pay: async (over = {}) => {
      const request = townRequest(++traces, over);
      const answer = await clearing.submit({ request, isRepeat: false });
      expect(answer).toMatchObject({ status: 'decided', refusal: null });
      if (answer.status !== 'decided') throw new Error('not decided');
      return { id: answer.id, transactionId: `${request.card.cardAccountId}-${answer.id}` };
    },
    listen: async (participantId, url) => {
      const made = await createEndpoint(parts, { participantId, url }, partner(participantId));
      if (typeof made === 'string') throw new Error(made);
      return made;
    },
    feed: async (passed) => {
      const feed = { pool: house.pool, ...(passed === undefined ? {} : { passed }) };
      while (await feedEvents(feed));
    },
    delivery: (over = {}, send = {}) => {
      const sender = openSender({ policy, resolve: nameServerResolver(), timeoutMs: 1_000, ...send });
      const delivery = openDelivery({
        ...{ pool: house.pool, secrets, sender, log: openLog('silent') },
        ...{ nowMs: Date.now, random: () => 0 },
        ...over,
      });
      deliveries.push(delivery);
      return delivery;
    },
    sendDue: async (delivery) => {
      while (await delivery.round());
      await delivery.idle();
    },
    passTime: async () => {
      await house.pool.query(
        `update webhooks.messages set next_attempt_at = clock_timestamp() where state = 'waiting'`,
      );
      await house.pool.query('update webhooks.endpoints set held_until = clock_timestamp()');
    },
    close: async () => {
      await Promise.all(deliveries.map((delivery) => delivery.stop()));
      await house.close();
    },
  };
}

/** The messages of an endpoint, in the order in which they were written. */
export async function messagesOf(town: WebhookTown, endpointId: bigint) {
  const { rows } = await sessionOf(town.house.pool).run(
    {
      name: 'test-messages',
      text: `select id, type, state, attempts, attempt_count, payload, source, source_id from webhooks.messages
        where endpoint_id = $1 order by id`,
    },
    [endpointId],
  );
  return rows.map(([id, type, state, attempts, attemptCount, payload, source, sourceId]) => ({
    ...{ id: id as bigint, type: type as string, state: state as string, attempts: attempts as number },
    ...{ attemptCount: attemptCount as number, data: JSON.parse(payload as string).data },
    ...{ source: source as string, sourceId: sourceId as bigint },
  }));
}
