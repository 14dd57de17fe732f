import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { admitToken } from '#access/tokens.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { payment } from '#testing/http/http-calls.ts';
import { type HttpTown, openHttpTown, operatorToken } from '#testing/http/http-town.ts';
import { testStaff } from '#testing/staff.ts';
import { openReceiver, type Receiver } from '#testing/webhooks/receiver.ts';
import { nameServerResolver } from '#webhooks/delivery/addresses.ts';
import { type Delivery, openDelivery } from '#webhooks/delivery/deliver.ts';
import { openSender } from '#webhooks/delivery/send.ts';
import { rotationsADayMax } from '#webhooks/endpoints/keep-endpoints.ts';
import { feedEvents } from '#webhooks/feed/feed-events.ts';

const own = '/v1/participants/mine/webhook-endpoints';
const keyOf = (participant: number) => `key-of-participant-${String(participant).padStart(20, '0')}`;
const administratorToken = 'administrator-token-of-the-town-01';
let database: TestDatabase;
let house: HttpTown;
let receiver: Receiver;
let delivery: Delivery;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url, { merchants: 3, cards: 3, webhookPrivateNetworks: true });
  const expiresAt = new Date('2099-01-01T00:00:00Z');
  for (const id of [1, 2, 3])
    await admitToken(house.owner, {
      role: 'participant',
      subjectId: BigInt(id),
      token: keyOf(id),
      expiresAt,
    });
  await admitToken(house.owner, {
    ...{ role: 'administrator', subjectId: testStaff.administrator, token: administratorToken, expiresAt },
  });
  receiver = await openReceiver();
  const { pool, secrets, log } = house.parts;
  const sender = openSender({ policy: { privateNetworks: true }, resolve: nameServerResolver() });
  delivery = openDelivery({ pool, secrets, log, sender, nowMs: Date.now, random: () => 0 });
});
afterAll(async () => {
  await delivery?.stop();
  await receiver?.close();
  await house?.close();
  await database?.drop();
});
beforeEach(() => receiver.reply({ status: 204 }));

const send = (path: string, body: unknown = {}, participant = 1) =>
  house.send(path, body, keyOf(participant));
const read = (path: string, participant = 1) => house.read(path, keyOf(participant));
async function deliver(): Promise<void> {
  while (await feedEvents({ pool: house.parts.pool }));
  await house.parts.pool.query(
    `update webhooks.messages set next_attempt_at = now() where state = 'waiting'`,
  );
  await house.parts.pool.query('update webhooks.endpoints set held_until = now()');
  while (await delivery.round());
  await delivery.idle();
}

describe('a participant', () => {
  test('listens, is sent what it takes in, verifies it, and reads what was sent', async () => {
    const { json: made, headers } = await send(own, { url: receiver.url });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(made).toMatchObject({ participantId: 1, url: receiver.url, state: 'active', reason: null });
    const { json: paid } = await house.post('/v1/transactions', payment({ amount: 1_250 }));
    await deliver();
    const [one] = receiver.received;
    const seen = new Webhook(made.secret).verify(one?.body ?? '', one?.headers as Record<string, string>);
    expect(seen).toMatchObject({
      ...{ type: 'transaction.booked', data: { transactionId: paid.transactionId, amount: 1_250 } },
    });
    const { json: list } = await read(`${own}/${made.endpointId}/messages`);
    expect(list).toMatchObject({
      messages: [{ messageId: one?.headers['webhook-id'], state: 'delivered', lastStatus: 204, attempts: 1 }],
      nextBefore: null,
    });
    const { json: message } = await read(`${own}/${made.endpointId}/messages/${list.messages[0].messageId}`);
    expect(message.payload).toBe(one?.body);
    // What the event says is what the interface says of the same transaction.
    const { json: same } = await read(`/v1/participants/mine/transactions/${paid.transactionId}`);
    expect(JSON.parse(message.payload).data).toEqual(same);
  });

  test('is shown its secret once, and never again', async () => {
    const { json: made } = await send(own, { url: `${receiver.url}/once` }, 2);
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { json, text } = await read(own, 2);
    expect(json.endpoints[0].publicKey).toBe(made.publicKey);
    expect(text).not.toContain('whsec_');
    const rotated = await send(`${own}/${made.endpointId}/rotation`, {}, 2);
    expect(rotated.json.secret).not.toBe(made.secret);
    expect(Date.parse(rotated.json.previousUntil) - Date.now()).toBeGreaterThan(23 * 3_600_000);
  });

  test('keeps what is its own, and another’s is not there', async () => {
    const { json: foreign } = await send(own, { url: receiver.url }, 2);
    const at = `${own}/${foreign.endpointId}`;
    for (const path of ['rotation', 'disable', 'enable', 'test', 'messages/msg_1/replay'])
      expectProblem(await send(`${at}/${path}`), 'endpoint-unknown');
    expectProblem(await send(`${at}/replay`, { since: '2026-11-22T00:00:00Z' }), 'endpoint-unknown');
    expectProblem(await read(`${at}/messages`), 'endpoint-unknown');
    expectProblem(await read(`${at}/messages/msg_1`), 'endpoint-unknown');
    const { json: mine } = await read(own);
    const { json: messages } = await read(`${own}/${mine.endpoints[0].endpointId}/messages`);
    const other = `${at}/messages/${messages.messages[0].messageId}`;
    expectProblem(await read(other, 2), 'message-unknown');
    expectProblem(await send(`${other}/replay`, {}, 2), 'message-unknown');
  });

  test('lists what was given up and replays it, one and all', async () => {
    const { json: mine } = await send(own, { url: `${receiver.url}/failing` });
    const at = `${own}/${mine.endpointId}`;
    receiver.reply({ status: 500 });
    for (let i = 0; i < 3; i++) await send(`${at}/test`);
    for (let attempt = 0; attempt < 12; attempt++) await deliver();
    for (let more = 0; more < 40; more++) await deliver();
    const { json: failed } = await read(`${at}/messages?state=failed&limit=2`);
    expect(failed.messages).toMatchObject([
      { type: 'endpoint.test', state: 'failed', attempts: 10, lastOutcome: 'refused', lastStatus: 500 },
      { type: 'endpoint.test' },
    ]);
    const { json: older } = await read(`${at}/messages?state=failed&before=${failed.nextBefore}`);
    expect(older).toMatchObject({ messages: [{}], nextBefore: null });
    receiver.reply({ status: 204 });
    expect((await send(`${at}/messages/${older.messages[0].messageId}/replay`)).json).toEqual({
      status: 'done',
    });
    expect((await send(`${at}/replay`, { since: '2099-01-01T00:00:00Z' })).json).toEqual({ replayed: 0 });
    expect((await send(`${at}/replay`, { since: '2026-01-01T08:00:00+08:00' })).json).toEqual({
      replayed: 2,
    });
    await deliver();
    expect((await read(`${at}/messages?state=delivered`)).json.messages).toHaveLength(3);
  });

  test('disables and enables; a disabled endpoint takes no test', async () => {
    const { json: mine } = await send(own, { url: `${receiver.url}/off` }, 3);
    const at = `${own}/${mine.endpointId}`;
    expect((await send(`${at}/disable`, {}, 3)).json).toMatchObject({ reason: 'by-participant' });
    expect((await send(`${at}/disable`, {}, 3)).json).toMatchObject({ state: 'disabled' });
    expectProblem(await send(`${at}/test`, {}, 3), 'endpoint-disabled');
    expect((await send(`${at}/enable`, {}, 3)).json).toMatchObject({ state: 'active', missedNothing: true });
    for (let i = 0; i < 60; i++) expect((await send(`${at}/test`, {}, 3)).status).toBe(200);
    expectProblem(await send(`${at}/test`, {}, 3), 'too-often');
  });

  test('has five endpoints at the most, however many it asks for at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, i) => send(own, { url: `${receiver.url}/many/${i}` }, 3)),
    );
    expect(made.filter(({ status }) => status === 200)).toHaveLength(4);
    expectProblem(made.find(({ status }) => status !== 200) ?? (made[0] as never), 'too-many-endpoints');
    const { json } = await read(own, 3);
    const [first] = json.endpoints;
    await send(`${own}/${first.endpointId}/disable`, {}, 3);
    expect((await send(own, { url: receiver.url }, 3)).status).toBe(200);
    expectProblem(await send(`${own}/${first.endpointId}/enable`, {}, 3), 'too-many-endpoints');
  });

  test('changes its keys so often in a day and no more, whichever endpoint it is; the next day it may again', async () => {
    const { json: before } = await read(own, 3);
    const [one, other] = before.endpoints.map(({ endpointId }: { endpointId: string }) => endpointId);
    const rotate = (id: string) => send(`${own}/${id}/rotation`, {}, 3);
    for (let i = 0; i < rotationsADayMax; i++)
      expect((await rotate(i % 2 === 0 ? one : other)).status).toBe(200);
    const { json: then } = await read(own, 3);
    for (const id of [one, other]) {
      const refused = await rotate(id);
      expectProblem(refused, 'too-many-rotations');
      expect(refused.headers.get('retry-after')).toBe('3600');
    }
    expect((await read(own, 3)).json).toEqual(then);
    await house.owner.run({
      name: '',
      text: `update webhooks.secrets set created_at = created_at - interval '1 day'
        where endpoint_id = ${one} and expires_at is not null`,
    });
    expect((await rotate(one)).status).toBe(200);
  });

  test.for(['ftp://partner.example/', 'https://user:x@partner.example/', 'nonsense', 'https://a.example/#b'])(
    'cannot listen at %s',
    async (url) => {
      const refused = await send(own, { url });
      expectProblem(refused, 'endpoint-url-not-allowed');
      expect(refused.text).not.toContain(url);
    },
  );
});

test('where private networks are not called, nobody can listen in one', async () => {
  const strict = { ...house.parts.webhooks, policy: { privateNetworks: false } };
  const { createEndpoint } = await import('#webhooks/endpoints/keep-endpoints.ts');
  const by = { kind: 'participant', id: 1n } as const;
  for (const url of [receiver.url, 'https://127.0.0.1/', 'https://[::1]/', 'http://partner.example/'])
    expect(await createEndpoint(strict, { participantId: 1, url }, by)).toBe('endpoint-url-not-allowed');
});

describe('staff', () => {
  test('see a participant’s endpoints and messages; an administrator disables one, with its reason and a trace', async () => {
    const { json: before } = await house.read('/v1/webhook-endpoints?participantId=1', administratorToken);
    const { endpointId } = before.endpoints[0];
    for (const token of [administratorToken, operatorToken])
      expect((await house.read(`/v1/webhook-endpoints/${endpointId}/messages`, token)).status).toBe(200);
    const { json } = await house.send(`/v1/webhook-endpoints/${endpointId}/disable`, {}, administratorToken);
    expect(json).toMatchObject({ state: 'disabled', reason: 'by-staff' });
    expectProblem(
      await house.send(`/v1/webhook-endpoints/${endpointId}/disable`, {}, operatorToken),
      'not-yours',
    );
    const { rows } = await house.parts.pool.query(
      `select act from audit.events where subject = $1 order by sequence`,
      [`webhook-endpoint ${endpointId}`],
    );
    expect(rows.map(({ act }) => act)).toEqual(['webhook-endpoint-made', 'webhook-endpoint-disabled']);
    expectProblem(await house.read('/v1/webhook-endpoints', administratorToken), 'invalid-request');
    expectProblem(
      await house.read('/v1/webhook-endpoints/987654321/messages', administratorToken),
      'endpoint-unknown',
    );
  });
});
