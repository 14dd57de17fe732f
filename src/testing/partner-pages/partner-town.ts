import { admitToken } from '#access/tokens.ts';
import { httpApp } from '#channels/http/app.ts';
import { serveHttp } from '#channels/http/serve.ts';
import { partnerPages } from '#start/pages/partner-pages.ts';
import { payment } from '#testing/http/http-calls.ts';
import { openHttpTown } from '#testing/http/http-town.ts';
import { openReceiver } from '#testing/webhooks/receiver.ts';
import { nameServerResolver } from '#webhooks/delivery/addresses.ts';
import { openDelivery } from '#webhooks/delivery/deliver.ts';
import { openSender } from '#webhooks/delivery/send.ts';
import { createEndpoint, disable } from '#webhooks/endpoints/keep-endpoints.ts';
import { feedEvents } from '#webhooks/feed/feed-events.ts';
import { sendTest } from '#webhooks/messages/send-test.ts';

/** A partner of a test, and the key that signs it in. */
export const partnerKey = 'key-of-a-partner-of-a-test-000000001';
const participantId = 1;
const by = { kind: 'participant', id: BigInt(participantId) } as const;

/** The pages of a partner whose receiver heard some, refused some and has not heard the rest, on a port of 127.0.0.1. */
export interface PartnerTown {
  readonly address: string;
  /** The endpoint that is told of payments. */
  readonly endpointId: bigint;
  /** A message that was given up after two attempts. */
  readonly failedMessageId: bigint;
  /** Sends what is due, and waits for every answer. */
  deliver(): Promise<void>;
  close(): Promise<void>;
}

export async function openPartnerTown(url: string): Promise<PartnerTown> {
  const house = await openHttpTown(url, { merchants: 2, cards: 2, webhookPrivateNetworks: true });
  const { parts, owner } = house;
  const expiresAt = new Date('2099-01-01T00:00:00Z');
  const bearer = { role: 'participant', subjectId: BigInt(participantId) } as const;
  await admitToken(owner, { ...bearer, token: partnerKey, expiresAt });
  const receiver = await openReceiver();
  const listen = async (query: string) => {
    const wish = { participantId, url: `${receiver.url}?${query}` };
    const made = await createEndpoint(parts.webhooks, wish, by);
    if (typeof made === 'string') throw new Error(made);
    return made.endpoint.id;
  };
  const endpointId = await listen('shop=7');
  const hostile = await listen(`long=${'%22%3E%3Cscript%3Ealert(1)%3C/script%3E'.repeat(9)}`);
  await disable(parts.webhooks, { id: hostile, participantId, reason: 'by-participant' }, by);
  const sender = openSender({ policy: { privateNetworks: true }, resolve: nameServerResolver() });
  const { pool, secrets, log } = parts;
  const delivery = openDelivery({ pool, secrets, sender, log, nowMs: Date.now, random: () => 0 });
  const deliver = async () => {
    while (await delivery.round());
    await delivery.idle();
  };
  const told = async () => {
    await house.post('/v1/transactions', payment({ amount: 1_250 }));
    while (await feedEvents({ pool }));
  };
  for (let i = 0; i < 22; i++) await told();
  await deliver();
  receiver.reply({ status: 503 });
  await told();
  await deliver();
  await sendTest(pool, { id: endpointId, participantId }, Date.now());
  const failedMessageId = await giveUpLast(house.owner, endpointId);
  const app = httpApp(parts, [partnerPages({ ...parts, publicUrl: undefined, proxyAddress: undefined })]);
  const server = await serveHttp(app, { host: '127.0.0.1', port: 0, limits: { drainMs: 1_000 } });
  receiver.reply({ status: 204 });
  return {
    ...{ address: `http://127.0.0.1:${server.port}`, endpointId, failedMessageId, deliver },
    close: async () => {
      await server.stop();
      await delivery.stop();
      sender.close();
      await receiver.close();
      await house.close();
    },
  };
}

/** As after ten attempts: the newest message that was tried and not heard is given up. */
async function giveUpLast(
  owner: Awaited<ReturnType<typeof openHttpTown>>['owner'],
  endpointId: bigint,
): Promise<bigint> {
  const { rows } = await owner.run(
    {
      name: 'testing-give-up',
      text: `update webhooks.messages set state = 'failed', ended_at = clock_timestamp()
        where id = (select max(id) from webhooks.messages where endpoint_id = $1 and attempt_count > 0) returning id`,
    },
    [endpointId],
  );
  await owner.run({
    name: 'testing-no-hold',
    text: 'update webhooks.endpoints set held_until = clock_timestamp()',
  });
  return rows[0]?.[0] as bigint;
}
