import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { listenerOf } from '#channels/pos/listeners/read-listeners.ts';
import type { MessageAnswer } from '#channels/pos/message-answer.ts';
import { readConfig } from '#platform/config.ts';
import { openLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { openRawFrames, textFrame } from '#testing/pos/raw-frames.ts';
import { chooseListeners, servePosListeners } from './listeners.ts';

/** As a service stops: what was started last first. */
async function stopInOrder(started: (() => unknown)[]): Promise<void> {
  for (const stop of started.reverse()) await stop();
}
const chosen = (env: Record<string, string>) => chooseListeners(readConfig(env));
const elsewhere = { DATABASE_URL: 'postgresql://books.example/one_card' };

describe('terminals are served', () => {
  test('where the demonstration has our own database, with their messages in the log', () => {
    expect(chosen({})).toMatchObject([
      { name: 'unionpay-pos', host: '127.0.0.1', port: 8583, mac: 'cup-ecb', logMessages: true },
    ]);
    expect(chosen({ POS_PORT: '0', HOST: '0.0.0.0' })).toMatchObject([{ port: 0, host: '0.0.0.0' }]);
  });

  test.each([
    ['another database', elsewhere],
    ['another database, with the demonstration in it', { ...elsewhere, DEMO: 'yes' }],
    ['no demonstration', { DEMO: 'no' }],
  ])('nowhere with %s, unless a port is given', (_, env) => {
    expect(chosen(env)).toEqual([]);
    expect(chosen({ ...env, POS_PORT: '9000' })).toMatchObject([
      { port: 9000, logMessages: 'DEMO' in env && env.DEMO === 'yes' },
    ]);
  });

  test('as the file says where there is one', () => {
    expect(() => chosen({ POS_LISTENERS: '/no/such/file', POS_PORT: '0' })).toThrow(
      'POS_LISTENERS: the file /no/such/file cannot be read (ENOENT).',
    );
  });

  test('on ports that are told, until they are stopped', async () => {
    const listeners = chosen({ POS_PORT: '0' });
    const started: (() => unknown)[] = [];
    const answererOf = () => () => ({ body: null, close: 'it was asked' });
    const parts = { answererOf, log: openLog('silent'), metrics: createMetrics() };
    const [place] = await servePosListeners(listeners, parts, started);
    expect(place).toMatchObject({
      name: 'unionpay-pos',
      host: '127.0.0.1',
      layout: 'unionpay-pos',
      isTls: false,
      isOfDemo: true,
    });
    const { socket, ended } = openRawFrames(place?.port ?? 0);
    socket.write(Buffer.from('000c600001000260310031100300', 'hex'));
    await ended;
    for (const stop of started) await stop();
    await openRawFrames(place?.port ?? 0).ended;
  });

  test('and of the demonstration is a listener only that speaks as its terminal does', async () => {
    const said = { port: 0, dialect: 'unionpay-pos', framing: 'unionpay-pos', mac: 'cup-ecb' } as const;
    const listeners = [
      listenerOf({ ...said, name: 'other-mac', mac: 'x9.19' }),
      listenerOf({ ...said, name: 'no-mac', mac: 'none' }),
      listenerOf({ ...said, name: 'other-framing', framing: 'nac' }),
      listenerOf({ ...said, name: 'other-layout', dialect: 'ascii-binmap' }),
      listenerOf({ ...said, name: 'of-demo', frameBytesMax: 2048 }),
    ];
    const started: (() => unknown)[] = [];
    const answererOf = () => () => ({ body: null, close: 'it was asked' });
    const parts = { answererOf, log: openLog('silent'), metrics: createMetrics() };
    const ports = await servePosListeners(listeners, parts, started);
    await stopInOrder(started);
    expect(ports.filter(({ isOfDemo }) => isOfDemo).map(({ name }) => name)).toEqual(['of-demo']);
  });

  test('until all listeners are stopped at once: none takes anybody new while another waits for its answers', async () => {
    const first = listenerOf({
      name: 'first',
      port: 0,
      dialect: 'ascii-binmap',
      framing: 'nac',
      mac: 'none',
    });
    const listeners = [first, { ...first, name: 'second' }];
    const started: (() => unknown)[] = [];
    const answer = Promise.withResolvers<MessageAnswer>();
    const answererOf = () => () => answer.promise;
    const parts = { answererOf, log: openLog('silent'), metrics: createMetrics() };
    const ports = (await servePosListeners(listeners, parts, started)).map(({ port }) => port);
    const waiting = ports.map((port) => openRawFrames(port));
    for (const { socket } of waiting) socket.write(textFrame('a question'));
    await Promise.all(waiting.map(({ socket }) => once(socket, 'ready')));
    await sleep(50);
    const stopped = stopInOrder(started);
    for (const port of ports) await openRawFrames(port).ended;
    expect(waiting.map(({ socket }) => socket.destroyed)).toEqual([false, false]);
    answer.resolve({ body: Buffer.from('the answer'), close: null });
    await stopped;
    expect(waiting.map(({ received }) => received)).toEqual([['the answer'], ['the answer']]);
  });
});
