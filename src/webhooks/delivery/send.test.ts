import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createServer as createSecureServer, type TlsOptions } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
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

const lost = { outcome: 'unreachable', status: null };
const late = { outcome: 'timeout', status: null };
const switched = { outcome: 'refused', status: 101 };

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

  const ok = 'HTTP/1.1 200 OK\r\n';
  test.for<[string, { first: string; more?: string; ends?: true }, object]>([
    [
      'another protocol',
      { first: 'HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n' },
      switched,
    ],
    ['“continue” for ever', { first: '', more: 'HTTP/1.1 100 Continue\r\n\r\n' }, late],
    ['headers without an end', { first: ok, more: 'x: y\r\n' }, late],
    ['a header of megabytes', { first: `${ok}x: ${'y'.repeat(4_000_000)}\r\n\r\n` }, lost],
    ['a body that breaks off', { first: `${ok}content-length: 9\r\n\r\nx`, ends: true }, lost],
    ['a body in drops', { first: `${ok}content-length: 99999\r\n\r\n`, more: 'x' }, late],
  ])('is done with in its time where the answer is %s', async ([, answer, outcome]) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write(answer.first);
        if (answer.ends) socket.end();
        const timer = setInterval(() => {
          if (answer.more === undefined || socket.destroyed) clearInterval(timer);
          else socket.write(answer.more);
        }, 5);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject(outcome);
    server.close();
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

describe('over TLS', () => {
  const folder = join(import.meta.dirname, '../../../fixtures/tls');
  const pem = (name: string) => readFileSync(join(folder, name), 'utf8');
  const authority = pem('authority.pem');
  const own = { cert: pem('server.pem'), key: pem('server.key') };

  /** A receiver that speaks TLS as it is told to, on this machine; gives what was sent to it and what came of it. */
  async function deliver(options: TlsOptions, host: string, parts: Partial<SendParts> = {}) {
    let heard = '';
    const server = createSecureServer(options, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        heard += data;
        if (heard.endsWith('}')) socket.write('HTTP/1.1 204 No Content\r\n\r\n');
      });
    });
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const resolve = async () => ['127.0.0.1'];
    const sent = await send(`https://${host}:${port}/hooks`, { resolve, ...parts });
    server.close();
    return { outcome: sent.outcome, heard };
  }

  test('a receiver whose certificate an authority vouches for gets it, by name and by address', async () => {
    for (const host of ['localhost', '127.0.0.1']) {
      const { outcome, heard } = await deliver(own, host, { authority });
      expect(outcome).toBe('delivered');
      expect(heard).toContain('POST /hooks HTTP/1.1');
    }
  });

  const forged = { cert: pem('stranger.pem'), key: pem('stranger.key') };
  test.for<[string, TlsOptions, string, Partial<SendParts>]>([
    ['nobody we know vouches for', own, 'localhost', {}],
    ['is of another authority', forged, 'localhost', { authority }],
    ['is of another name', own, 'partner.example', { authority }],
    ['may be of nobody: the environment says so', own, 'localhost', {}],
    [
      'comes over a TLS of the last century',
      { ...own, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' },
      'localhost',
      { authority },
    ],
  ])('one whose certificate %s gets nothing', async ([title, options, host, parts]) => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', title.includes('environment') ? '0' : undefined);
    const { outcome, heard } = await deliver(options, host, parts);
    vi.unstubAllEnvs();
    expect({ outcome, heard }).toEqual({ outcome: 'unreachable', heard: '' });
  });

  test('a bomb is not unpacked: what an answer says besides its status is counted as it came, and let go', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const headers = { 'content-encoding': 'gzip', 'content-length': String(bomb.length) };
    receiver.reply({ status: 200, headers, body: bomb });
    const before = process.memoryUsage.rss();
    expect(await send(receiver.url)).toMatchObject({ outcome: 'delivered' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(30_000_000);
  });
});
