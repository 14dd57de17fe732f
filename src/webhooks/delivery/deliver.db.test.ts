import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sessionOf } from '#platform/postgres.ts';
import { readQueues } from '#settlement/live/queues.ts';
import { openReceiver, type Received, type Receiver } from '#testing/webhooks/receiver.ts';
import { messagesOf, openWebhookTown, partner, type WebhookTown } from '#testing/webhooks/webhook-town.ts';
import { enable, rotateKeys } from '#webhooks/endpoints/keep-endpoints.ts';
import { findEndpoint } from '#webhooks/endpoints/store.ts';
import { findMessage, replayFailed, replayMessage } from '#webhooks/messages/store.ts';
import { webhookQueues } from '#webhooks/proofs/queues.ts';
import { forgetMessages } from './store.ts';

let at: WebhookTown;
let receiver: Receiver;

beforeAll(async () => {
  at = await openWebhookTown();
});
afterAll(() => at?.close());
beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(async () => {
  await receiver.close();
  await at.house.pool.query(
    `update webhooks.endpoints set state = 'disabled', reason = 'by-participant',
      disabled_at = clock_timestamp() - interval '30 days' where state = 'active'`,
  );
});

/** Listens, pays so often, and writes the messages. */
async function told(payments = 1) {
  const { endpoint, keys } = await at.listen(1, receiver.url);
  for (let i = 0; i < payments; i++) await at.pay();
  await at.feed();
  return { endpoint, keys };
}
const states = async (endpointId: bigint) => (await messagesOf(at, endpointId)).map(({ state }) => state);
const endpointNow = (id: bigint) => findEndpoint(sessionOf(at.house.pool), id, null);
const idsOf = (received: readonly Received[]) => received.map(({ headers }) => headers['webhook-id']);

function verifiesPublicly({ headers, body }: Received, publicKeyText: string): boolean {
  const raw = Buffer.from(publicKeyText.slice('whpk_'.length), 'base64');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`);
  const signatures = String(headers['webhook-signature']).split(' ');
  return signatures
    .filter((one) => one.startsWith('v1a,'))
    .some((one) => verify(null, signed, key, Buffer.from(one.slice(4), 'base64')));
}

describe('a delivery', () => {
  test('reaches a partner that verifies it with the standard library, or with the public key alone', async () => {
    const { endpoint, keys } = await told();
    await at.sendDue(at.delivery());
    const [one] = receiver.received;
    if (one === undefined) throw new Error('nothing came');
    const seen = new Webhook(keys.secret).verify(one.body, one.headers as Record<string, string>);
    expect(seen).toMatchObject({ type: 'transaction.booked', data: { amount: 100 } });
    expect(verifiesPublicly(one, keys.publicKey)).toBe(true);
    expect(await states(endpoint.id)).toEqual(['delivered']);
    const [message] = await messagesOf(at, endpoint.id);
    expect(await findMessage(sessionOf(at.house.pool), endpoint.id, message?.id ?? 0n)).toMatchObject({
      ...{ attempts: 1, lastOutcome: 'delivered', lastStatus: 204, nextAttemptAt: null },
      made: [{ number: 1, outcome: 'delivered', status: 204 }],
    });
  });

  test('is signed under the old keys and the new while they rotate, and under the old no more after a day', async () => {
    const { endpoint, keys } = await told(1);
    const named = { id: endpoint.id, participantId: 1 };
    const newKeys = await rotateKeys(at.parts, named, partner(1));
    if (typeof newKeys === 'string') throw new Error(newKeys);
    const delivery = at.delivery();
    await at.sendDue(delivery);
    const verifies = (secret: string, one: Received) => {
      try {
        new Webhook(secret).verify(one.body, one.headers as Record<string, string>);
        return true;
      } catch {
        return false;
      }
    };
    const first = receiver.received[0] as Received;
    expect([keys, newKeys].map(({ secret }) => verifies(secret, first))).toEqual([true, true]);
    expect([keys, newKeys].map(({ publicKey }) => verifiesPublicly(first, publicKey))).toEqual([true, true]);
    await at.house.pool.query(
      `update webhooks.secrets set expires_at = clock_timestamp() where endpoint_id = $1 and expires_at is not null`,
      [endpoint.id],
    );
    await at.pay();
    await at.feed();
    await at.sendDue(delivery);
    const second = receiver.received[1] as Received;
    expect([keys, newKeys].map(({ secret }) => verifies(secret, second))).toEqual([false, true]);
    expect((await endpointNow(endpoint.id))?.publicKey.toString('base64')).toBe(newKeys.publicKey.slice(5));
  });

  test('is signed under the old keys after a rotation that was asked for twice, and after two of them no more', async () => {
    const { endpoint, keys } = await told(1);
    const named = { id: endpoint.id, participantId: 1 };
    const isSignedUnder = async (secret: string) => {
      await at.passTime();
      await at.sendDue(at.delivery());
      const one = receiver.received.at(-1) as Received;
      const count = String(one.headers['webhook-signature']).split(' v1,').length;
      let isSigned = true;
      try {
        new Webhook(secret).verify(one.body, one.headers as Record<string, string>);
      } catch {
        isSigned = false;
      }
      await at.pay();
      await at.feed();
      return { isSigned, count };
    };
    // A double click, or an answer that was lost: whoever receives still has nothing but the first secret.
    await Promise.all([rotateKeys(at.parts, named, partner(1)), rotateKeys(at.parts, named, partner(1))]);
    expect(await isSignedUnder(keys.secret)).toEqual({ isSigned: true, count: 3 });
    await at.house.owner.query(
      `update webhooks.secrets set created_at = created_at - interval '2 minutes' where endpoint_id = $1`,
      [endpoint.id],
    );
    await rotateKeys(at.parts, named, partner(1));
    expect(await isSignedUnder(keys.secret)).toEqual({ isSigned: false, count: 2 });
    for (let i = 0; i < 20; i++) await rotateKeys(at.parts, named, partner(1));
    expect((await isSignedUnder(keys.secret)).count).toBe(4);
  });

  test('that was given up is sent again once, however many ask for all of them at once', async () => {
    const { endpoint } = await told(3);
    await at.house.pool.query(
      `update webhooks.messages set state = 'failed', ended_at = clock_timestamp() where endpoint_id = $1`,
      [endpoint.id],
    );
    const asked = Array.from({ length: 6 }, () =>
      replayFailed(sessionOf(at.house.pool), endpoint.id, new Date(0)),
    );
    const counts = await Promise.all(asked);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    await at.sendDue(at.delivery());
    expect(receiver.received).toHaveLength(3);
  });

  test('that fails comes again after its wait with the same id, and ten times at the most', async () => {
    const { endpoint } = await told();
    receiver.reply({ status: 500 });
    const delivery = at.delivery();
    await at.sendDue(delivery);
    expect(receiver.received).toHaveLength(1);
    expect(await states(endpoint.id)).toEqual(['waiting']);
    const { rows } = await at.house.pool.query(
      `select extract(epoch from next_attempt_at - clock_timestamp())::float as wait from webhooks.messages
        where endpoint_id = $1`,
      [endpoint.id],
    );
    expect(rows[0].wait).toBeGreaterThan(3);
    expect(rows[0].wait).toBeLessThanOrEqual(5.5);
    for (let attempt = 2; attempt <= 12; attempt++) {
      await at.passTime();
      await at.sendDue(delivery);
    }
    expect(receiver.received).toHaveLength(10);
    expect(new Set(idsOf(receiver.received)).size).toBe(1);
    expect(await states(endpoint.id)).toEqual(['failed']);
    receiver.reply({ status: 200 });
    expect(await replayFailed(sessionOf(at.house.pool), endpoint.id, new Date(0))).toBe(1);
    await at.passTime();
    await at.sendDue(delivery);
    expect(await messagesOf(at, endpoint.id)).toMatchObject([{ state: 'delivered', attemptCount: 11 }]);
  });

  test('is sent again when it is asked for, also one that was heard', async () => {
    const { endpoint } = await told();
    const delivery = at.delivery();
    await at.sendDue(delivery);
    const [message] = await messagesOf(at, endpoint.id);
    const id = message?.id ?? 0n;
    expect(await replayMessage(sessionOf(at.house.pool), endpoint.id, id)).toBe(true);
    expect(await replayMessage(sessionOf(at.house.pool), endpoint.id, 987_654_321n)).toBe(false);
    await at.sendDue(delivery);
    expect(idsOf(receiver.received)).toEqual([`msg_${id}`, `msg_${id}`]);
  });

  test('waits as long as the partner says, and holds up its other messages meanwhile', async () => {
    const { endpoint } = await told(3);
    receiver.reply({ status: 429, headers: { 'retry-after': '3600' } });
    await at.sendDue(at.delivery());
    const { rows } = await at.house.pool.query(
      `select extract(epoch from held_until - clock_timestamp())::float as held from webhooks.endpoints where id = $1`,
      [endpoint.id],
    );
    expect(rows[0].held).toBeGreaterThan(3_500);
    const before = receiver.received.length;
    await at.sendDue(at.delivery());
    expect(receiver.received.length).toBe(before);
  });

  test('that is answered by 410 disables the endpoint; enabled again it gets what waited', async () => {
    const { endpoint } = await told();
    receiver.reply({ status: 410 });
    const delivery = at.delivery();
    await at.sendDue(delivery);
    expect(await endpointNow(endpoint.id)).toMatchObject({ state: 'disabled', reason: 'gone' });
    await at.passTime();
    await at.sendDue(delivery);
    expect(receiver.received).toHaveLength(1);
    receiver.reply({ status: 204 });
    await enable(at.parts, { id: endpoint.id, participantId: 1 }, partner(1));
    await at.passTime();
    await at.sendDue(delivery);
    expect(await states(endpoint.id)).toEqual(['delivered']);
  });

  test('that has failed for five days disables the endpoint and says why; one that is heard begins the count anew', async () => {
    const { endpoint } = await told(2);
    receiver.reply({ status: 500 });
    const delivery = at.delivery();
    await at.sendDue(delivery);
    await at.house.pool.query(
      `update webhooks.endpoints set failing_since = clock_timestamp() - interval '5 days' where id = $1`,
      [endpoint.id],
    );
    receiver.reply({ status: 204 });
    await at.passTime();
    await at.sendDue(delivery);
    expect(await endpointNow(endpoint.id)).toMatchObject({ state: 'active', failingSince: null });
    receiver.reply({ status: 500 });
    await at.pay();
    await at.feed();
    await at.sendDue(delivery);
    await at.house.pool.query(
      `update webhooks.endpoints set failing_since = clock_timestamp() - interval '5 days' where id = $1`,
      [endpoint.id],
    );
    await at.passTime();
    await at.sendDue(delivery);
    expect(await endpointNow(endpoint.id)).toMatchObject({ state: 'disabled', reason: 'failing' });
  });
});

describe('several instances', () => {
  test('send each message once while nobody dies', async () => {
    const { endpoint } = await told(60);
    const deliveries = [at.delivery(), at.delivery(), at.delivery()];
    await Promise.all(deliveries.map((delivery) => at.sendDue(delivery)));
    expect(receiver.received).toHaveLength(60);
    expect(new Set(idsOf(receiver.received)).size).toBe(60);
    expect(new Set(await states(endpoint.id))).toEqual(new Set(['delivered']));
  });

  test.for(['claimed', 'sent'])(
    'lose nothing when one dies after it has %s: another sends it once the lease is over',
    async (act) => {
      const { endpoint } = await told(3);
      const dying = at.delivery({
        passed: (passed) => {
          if (passed === act) throw new Error('died');
        },
      });
      await at.sendDue(dying).catch(() => undefined);
      expect(await states(endpoint.id)).toEqual(['waiting', 'waiting', 'waiting']);
      const other = at.delivery();
      await at.sendDue(other);
      // The lease still stands: nobody sends what somebody may be sending.
      expect(await states(endpoint.id)).toEqual(['waiting', 'waiting', 'waiting']);
      await at.passTime();
      await at.sendDue(other);
      expect(await states(endpoint.id)).toEqual(['delivered', 'delivered', 'delivered']);
      expect(new Set(idsOf(receiver.received)).size).toBe(3);
    },
  );

  test('a slow endpoint has so many on their way and no more, and holds up no other', async () => {
    const slow = await openReceiver();
    slow.reply('silence');
    const silent = await at.listen(1, slow.url);
    const { endpoint } = await told(30);
    const delivery = at.delivery({}, { timeoutMs: 60_000 });
    const rounds = (async () => {
      while (!(await states(endpoint.id)).every((state) => state === 'delivered')) await delivery.round();
    })();
    await rounds;
    expect(slow.open()).toBe(8);
    expect(receiver.received).toHaveLength(30);
    await delivery.stop();
    // Who stops gives back what was on its way: others need not wait for the lease.
    expect(new Set(await states(silent.endpoint.id))).toEqual(new Set(['waiting']));
    expect(await queue('webhooks')).toMatchObject({ waiting: 30 });
    expect((await messagesOf(at, silent.endpoint.id)).every(({ attempts }) => attempts === 0)).toBe(true);
    await slow.close();
  });
});

async function queue(name: string) {
  const queues = await readQueues(sessionOf(at.house.pool), webhookQueues);
  return queues.find((one) => one.name === name);
}

test('the queues are what is not read and what is due and not sent, not what an endpoint has to answer for', async () => {
  const nothing = { waiting: 0, oldestSeconds: 0 };
  expect(await queue('webhooks')).toMatchObject(nothing);
  expect(await queue('webhook-events')).toMatchObject(nothing);
  const { endpoint } = await told(2);
  await at.pay();
  expect(await queue('webhook-events')).toMatchObject({ waiting: 1 });
  await at.feed();
  expect(await queue('webhook-events')).toMatchObject(nothing);
  await at.house.pool.query(
    `update webhooks.messages set next_attempt_at = clock_timestamp() - interval '40 seconds' where endpoint_id = $1`,
    [endpoint.id],
  );
  const due = await queue('webhooks');
  expect(due?.waiting).toBe(3);
  expect(due?.oldestSeconds).toBeGreaterThanOrEqual(40);
  receiver.reply({ status: 500 });
  await at.sendDue(at.delivery());
  expect(await queue('webhooks')).toMatchObject(nothing);
});

test('messages are forgotten a month after they were heard, three months after they were given up, and no sooner', async () => {
  const { endpoint } = await told(5);
  const age = async (state: string, days: number, nth: number) => {
    const client = await at.house.owner.connect();
    await client.query('set session_replication_role = replica');
    await client.query(
      `update webhooks.messages set state = $2, created_at = clock_timestamp() - $3 * interval '1 day',
        ended_at = clock_timestamp() - $3 * interval '1 day'
      where id = (select id from webhooks.messages where endpoint_id = $1 order by id offset $4 limit 1)`,
      [endpoint.id, state, days, nth],
    );
    await client.query('reset session_replication_role');
    client.release();
  };
  await age('delivered', 32, 0);
  await age('delivered', 30, 1);
  await age('failed', 91, 2);
  await age('failed', 89, 3);
  expect(await forgetMessages(sessionOf(at.house.pool), 1_000)).toBe(2);
  expect(await states(endpoint.id)).toEqual(['delivered', 'failed', 'waiting']);
});
