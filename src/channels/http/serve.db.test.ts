import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { StartError } from '#platform/start-error.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { payment, rowCounts } from '#testing/http/http-calls.ts';
import { type HttpTown, openHttpTown } from '#testing/http/http-town.ts';
import { openRaw, parseRaw, sendRaw } from '#testing/http/raw-http.ts';
import { type HttpServer, serveHttp } from './serve.ts';
import { bodyBytesMax } from './wire/body.ts';

const host = '127.0.0.1';
let database: TestDatabase;
let house: HttpTown;
let server: HttpServer;
let impatient: HttpServer;
let before: Record<string, number>;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url);
  server = await serveHttp(house.app, { host, port: 0 });
  const limits = { headersTimeoutMs: 300, requestTimeoutMs: 600, checkEveryMs: 50, drainMs: 400 };
  impatient = await serveHttp(house.app, { host, port: 0, limits });
});
afterAll(async () => {
  await server?.stop();
  await impatient?.stop();
  await house?.close();
  await database?.drop();
});
beforeEach(async () => {
  before = await rowCounts(house.owner);
});
const untouched = async () => expect(await rowCounts(house.owner)).toEqual(before);

/** A signed request as bytes; the body's length is declared unless the test wants it otherwise. */
function requestText(body: string, over: { target?: string; headers?: Record<string, string | null> } = {}) {
  const { target = '/v1/transactions' } = over;
  const call = house.sign(target, body);
  const headers: Record<string, string | null> = {
    host: 'service.example',
    connection: 'close',
    ...call.headers,
    'content-length': String(call.body.length),
    ...over.headers,
  };
  const lines = Object.entries(headers).filter(([, value]) => value !== null);
  return `POST ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}
const good = () => JSON.stringify(payment());
const expectRaw = (answer: string, status: number, code: string) => {
  const { type, ...parsed } = parseRaw(answer);
  expect([parsed.status, parsed.body.code]).toEqual([status, code]);
  expect(type).toBe('application/problem+json; charset=utf-8');
  expect(parsed.body.titleZh).toBeTypeOf('string');
};

test.for(['/%6detrics', '/x/../metrics', '/x/%2e%2e/metrics', '/./metrics', '/metric%73?x=1', '/metrics#x'])(
  'what a proxy keeps for those inside is not had from outside as %s',
  async (path) => {
    const ask = (target: string) =>
      sendRaw(server.port, `GET ${target} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n`);
    expectRaw(await ask(path), 404, 'not-found');
    expect(await ask('/metrics')).toContain('one_card_busy_total');
  },
);

describe('a large body', () => {
  test('that is declared is refused before any of it came', async () => {
    const { socket, until } = openRaw(server.port);
    socket.write(requestText('', { headers: { 'content-length': '10000000', connection: null } }));
    expectRaw(await until('"titleZh":"请求体过大"}'), 413, 'body-too-large');
    socket.destroy();
    await untouched();
  });

  test('that comes in chunks is refused at the limit, and a sender who goes on is cut off', async () => {
    const { socket, until, ended } = openRaw(server.port);
    const headers = { 'content-length': null, 'transfer-encoding': 'chunked', connection: null };
    socket.write(requestText('', { headers }));
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    for (let sent = 0; sent <= bodyBytesMax; sent += 0x10000) socket.write(chunk);
    expectRaw(await until('"titleZh":"请求体过大"}'), 413, 'body-too-large');
    // Never the last chunk: the answer is out, the rest is not waited for.
    const goOn = setInterval(() => socket.writable && socket.write(chunk), 20);
    await ended;
    clearInterval(goOn);
    await untouched();
  });

  test.each(['content-length', 'chunked'])(
    'of 10 MB (%s) is answered 413 to a common client',
    async (how) => {
      const body = Buffer.alloc(10_000_000, ' ');
      const call = house.sign('/v1/transactions', body);
      const stream = new ReadableStream({
        start: (controller) => {
          controller.enqueue(new Uint8Array(call.body));
          controller.close();
        },
      });
      const sent = how === 'chunked' ? { body: stream, duplex: 'half' as const } : { body: call.body };
      const init = { method: 'POST', headers: call.headers, ...sent };
      const response = await fetch(`http://${host}:${server.port}/v1/transactions`, init);
      expect(response.status).toBe(413);
      await untouched();
    },
  );

  test('does not hold up the next request', async () => {
    const body = good();
    const answer = await sendRaw(server.port, `${requestText(body)}${body}`);
    expect(parseRaw(answer).status).toBe(200);
  });
});

describe('a slow client', () => {
  test('whose headers do not come to an end is told and cut off', async () => {
    const { socket, ended } = openRaw(impatient.port);
    socket.write('POST /v1/transactions HTTP/1.1\r\nhost: x\r\n');
    const drip = setInterval(() => socket.writable && socket.write('x: y\r\n'), 50);
    expectRaw(await ended, 408, 'body-too-slow');
    clearInterval(drip);
  });

  test('whose body does not come to an end is told and cut off, and nothing of it was done', async () => {
    const { socket, ended } = openRaw(impatient.port);
    const body = good();
    socket.write(requestText(body));
    let at = 0;
    const drip = setInterval(() => socket.writable && at < 20 && socket.write(body.slice(at, ++at)), 50);
    expectRaw(await ended, 408, 'body-too-slow');
    clearInterval(drip);
    await untouched();
  });

  test('that leaves in the middle of its body leaves nothing behind', async () => {
    const { socket } = openRaw(server.port);
    const body = good();
    socket.write(`${requestText(body)}${body.slice(0, -1)}`);
    await sleep(50);
    socket.destroy();
    await sleep(100);
    await untouched();
  });

  test('that is quick is not cut off by the same limits', async () => {
    const body = good();
    expect(parseRaw(await sendRaw(impatient.port, `${requestText(body)}${body}`)).status).toBe(200);
  });
});

describe('what is hardly HTTP', () => {
  test.each<[string, string]>([
    ['no request', 'hello\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a negative length', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n'],
    ['a header with a zero byte', 'GET /healthz HTTP/1.1\r\nhost: x\r\nidempotency-key: a\0b\r\n\r\n'],
    [
      'a header with a bare line end',
      'GET /healthz HTTP/1.1\r\nhost: x\r\nidempotency-key: a\rset-cookie: b\r\n\r\n',
    ],
    ['a target with a control character', 'GET /health\x01z HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a host that is no host', 'GET /healthz HTTP/1.1\r\nhost: a/b@c\r\nconnection: close\r\n\r\n'],
    ['a host with a path', 'GET /healthz HTTP/1.1\r\nhost: x/../y\r\nconnection: close\r\n\r\n'],
    ['a backslash in the path', 'GET /v1\\..\\metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
  ])('(%s) is answered 400 as a problem', async (_, text) => {
    expectRaw(await sendRaw(server.port, Buffer.from(text, 'latin1')), 400, 'invalid-request');
    await untouched();
  });

  test('(headers over 16 KB) is answered 431 as a problem', async () => {
    const text = `GET /healthz HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`;
    expectRaw(await sendRaw(server.port, text), 431, 'headers-too-large');
  });

  test('(TRACE) is answered 405', async () => {
    const text = 'TRACE /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    expectRaw(await sendRaw(server.port, text), 405, 'method-not-allowed');
  });

  test.each([
    '/v1/../metrics/../v1/transactions/',
    '//v1/transactions',
    '/v1/transactions%2f',
    '/v1/%74ransactions/',
    '/v1;a=b/transactions',
  ])('a path written %s reaches nothing', async (target) => {
    const body = good();
    expectRaw(await sendRaw(server.port, `${requestText(body, { target })}${body}`), 404, 'not-found');
    await untouched();
  });

  test('an Idempotency-Key that comes twice is refused: nobody can say which one counts', async () => {
    const body = good();
    const call = house.sign('/v1/transactions', body, { key: 'one, two' });
    const { 'idempotency-key': _, ...rest } = call.headers;
    const lines = Object.entries(rest).map(([name, value]) => `${name}: ${value}\r\n`);
    const twice = 'idempotency-key: one\r\nidempotency-key: two\r\n';
    const head = `POST /v1/transactions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${lines.join('')}${twice}content-length: ${call.body.length}\r\n\r\n`;
    expectRaw(await sendRaw(server.port, head + body), 400, 'idempotency-key-invalid');
    await untouched();
  });
});

describe('the server', () => {
  test('answers what is under way when it is stopped, and takes nothing new', async () => {
    const stopping = await serveHttp(house.app, { host, port: 0 });
    const body = good();
    const { socket, until, ended } = openRaw(stopping.port);
    socket.write(requestText(body, { headers: { connection: null } }));
    await sleep(50);
    const stopped = stopping.stop();
    await sleep(50);
    expect(await sendRaw(stopping.port, 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')).toBe('');
    socket.write(body);
    await until('"status":"approved"');
    await stopped;
    await ended;
  });

  test('answers all that was sent one after the other without waiting, and ends the connection with the last', async () => {
    const answering: ((response: Response) => void)[] = [];
    const app = { fetch: () => new Promise<Response>((resolve) => answering.push(resolve)) };
    const stopped = await serveHttp(app as unknown as typeof house.app, { host, port: 0 });
    const { socket, ended } = openRaw(stopped.port);
    socket.write('GET /healthz HTTP/1.1\r\nhost: service.example\r\n\r\n'.repeat(3));
    await expect.poll(() => answering.length).toBe(3);
    stopped.drain();
    // The last that was asked is ready first.
    for (const [i, answer] of answering.toReversed().entries()) {
      answer(new Response(`answer ${3 - i}`));
      await sleep(20);
    }
    const said = (await ended).split('HTTP/1.1 200 OK').slice(1);
    expect(said.map((text) => /answer \d/.exec(text)?.[0])).toEqual(['answer 1', 'answer 2', 'answer 3']);
    expect(said.map((text) => /^connection: close/im.test(text))).toEqual([false, false, true]);
    await stopped.stop();
  });

  test('ends whoever does not come to an end when it is stopped', async () => {
    const limits = { drainMs: 200 };
    const stopping = await serveHttp(house.app, { host, port: 0, limits });
    const { socket, ended } = openRaw(stopping.port);
    socket.write(requestText(good()));
    await sleep(50);
    const startedAt = performance.now();
    await stopping.stop();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(await ended).toBe('');
  });

  test('says in one sentence that its port is taken', async () => {
    const taken = createServer().listen(0, host);
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const failure = await serveHttp(house.app, { host, port }).catch((error) => error);
    taken.close();
    expect(failure).toBeInstanceOf(StartError);
    expect(failure.message).toBe(
      `Port ${port} on ${host} is taken by another program: set PORT to another one.`,
    );
  });

  test('says in one sentence that its host is none of this machine', async () => {
    const failure = await serveHttp(house.app, { host: '192.0.2.1', port: 0 }).catch((error) => error);
    expect(failure).toBeInstanceOf(StartError);
    expect(failure.message).toBe(
      'The host 192.0.2.1 is no address of this machine (EADDRNOTAVAIL): set HOST to one that is, like 127.0.0.1.',
    );
  });
});
