import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openNameServer } from '#testing/webhooks/name-server.ts';
import { openReceiver, type Receiver } from '#testing/webhooks/receiver.ts';
import { nameServerResolver } from './addresses.ts';
import { openSender, type SendParts } from './send.ts';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await openReceiver();
});
afterAll(() => receiver?.close());
beforeEach(() => receiver.reply({ status: 204 }));

/** Longer than a busy machine takes for anything that does happen. */
const longMs = 20_000;
const open = { privateNetworks: true };
const strict = { privateNetworks: false };
async function send(url: string, parts: Partial<SendParts> = {}, stop = new AbortController().signal) {
  const sender = openSender({ policy: open, resolve: nameServerResolver(), timeoutMs: longMs, ...parts });
  const sent = await sender.send({ url, headers: { 'webhook-id': 'msg_1' }, payload: '{"椰":1}' }, stop);
  sender.close();
  return sent;
}

describe('a message', () => {
  test('arrives as it is, and what the answer says is told', async () => {
    expect(await send(receiver.url)).toEqual({ outcome: 'delivered', status: 204, retryAfterMs: null });
    expect(receiver.received.at(-1)).toMatchObject({
      ...{ path: '/hooks', body: '{"椰":1}' },
      headers: { 'webhook-id': 'msg_1', 'content-type': 'application/json' },
    });
    receiver.reply({ status: 429, headers: { 'retry-after': '7' } });
    expect(await send(receiver.url)).toEqual({ outcome: 'throttled', status: 429, retryAfterMs: 7_000 });
  });

  test('does not follow who sends it elsewhere', async () => {
    const before = receiver.received.length;
    receiver.reply({ status: 307, headers: { location: receiver.url } });
    expect(await send(receiver.url)).toMatchObject({ outcome: 'refused', status: 307 });
    expect(receiver.received.length).toBe(before + 1);
  });

  test('is given up after its time, and at once when we stop', async () => {
    receiver.reply('silence');
    expect(await send(receiver.url, { timeoutMs: 500 })).toEqual({
      ...{ outcome: 'timeout', status: null, retryAfterMs: null },
    });
    const stopping = new AbortController();
    const sent = send(receiver.url, { timeoutMs: 60_000 }, stopping.signal);
    setTimeout(() => stopping.abort(), 50);
    expect(await sent).toMatchObject({ outcome: 'unreachable' });
  });

  test('is not held up by a body without an end', async () => {
    const endless = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
      const more = () => {
        if (!socket.destroyed) socket.write(chunk, more);
      };
      more();
    });
    endless.listen(0, '127.0.0.1');
    await once(endless, 'listening');
    const { port } = endless.address() as { port: number };
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({
      outcome: 'delivered',
    });
    endless.close();
  });

  test('finds nobody at a closed port, and nobody who speaks http', async () => {
    const deaf = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      socket.end('nonsense\r\n\r\n');
    });
    deaf.listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const { port } = deaf.address() as { port: number };
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ outcome: 'unreachable', status: null });
    deaf.close();
    await once(deaf, 'close');
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ outcome: 'unreachable' });
  });

  test('uses a connection again, also one that the other side has just ended', async () => {
    const sender = openSender({ policy: open, resolve: nameServerResolver(), timeoutMs: longMs });
    const { signal } = new AbortController();
    const outgoing = { url: receiver.url, headers: {}, payload: '{}' };
    const before = receiver.connections();
    for (let i = 0; i < 5; i++) expect((await sender.send(outgoing, signal)).outcome).toBe('delivered');
    expect(receiver.connections()).toBe(before + 1);
    receiver.endIdleConnections();
    expect((await sender.send(outgoing, signal)).outcome).toBe('delivered');
    expect(receiver.connections()).toBe(before + 2);
    sender.close();
  });
});

describe('where private networks are not called', () => {
  const port = () => new URL(receiver.url).port;

  test.for(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254', '10.1.2.3', 'localhost'])(
    'nothing is sent to %s, whatever was kept',
    async (host) => {
      const before = receiver.received.length;
      expect(await send(`http://${host}:${port()}/`, { policy: strict })).toEqual({
        ...{ outcome: 'not-allowed', status: null, retryAfterMs: null },
      });
      expect(receiver.received.length).toBe(before);
    },
  );

  test('nothing is sent to a name that stands for this machine', async () => {
    const names = await openNameServer(['127.0.0.1']);
    const resolve = nameServerResolver([names.address]);
    const before = receiver.received.length;
    const url = `http://partner.example:${port()}/`;
    expect(await send(url, { policy: strict, resolve })).toMatchObject({ outcome: 'not-allowed' });
    // The same name is called where the network is our own: so it was the policy that said no.
    expect(await send(url, { policy: open, resolve })).toMatchObject({ outcome: 'delivered' });
    expect(receiver.received.length).toBe(before + 1);
    await names.close();
  });

  test('a name that changes its mind between the look and the call is asked once, and its first answer counts', async () => {
    // The first answer leads nowhere, at once; what counts is that the second, this machine, is never connected to.
    const names = await openNameServer(['240.0.0.1', '127.0.0.1']);
    const resolve = nameServerResolver([names.address]);
    const before = receiver.received.length;
    const url = `http://partner.example:${port()}/`;
    await send(url, { policy: open, resolve, timeoutMs: 300 });
    expect(names.asked()).toBe(1);
    expect(receiver.received.length).toBe(before);
    await names.close();
  });

  test('a name that stands for nothing is unreachable', async () => {
    const names = await openNameServer(['none']);
    const resolve = nameServerResolver([names.address]);
    expect(await send('https://partner.example/', { policy: strict, resolve })).toMatchObject({
      outcome: 'unreachable',
    });
    await names.close();
  });

  test('one private address among public ones refuses them all', async () => {
    const resolve = async () => ['8.8.8.8', '10.0.0.1'];
    expect(await send('https://partner.example/', { policy: strict, resolve })).toMatchObject({
      outcome: 'not-allowed',
    });
  });
});
