import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { framings } from '#iso8583/framing/framings.ts';
import type { Log } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { isRequestId } from '#platform/rules/request-id.ts';
import { StartError } from '#platform/start-error.ts';
import { openRawFrames, rawFraming, textFrame } from '#testing/pos/raw-frames.ts';
import type { Sender } from './guesses.ts';
import type { AnswerMessage, MessageAnswer } from './message-answer.ts';
import { type PosServer, type PosServerParts, type ServedListener, servePos } from './serve-pos.ts';

const base: ServedListener = {
  ...{ name: 'test', host: '127.0.0.1', port: 0, framing: rawFraming, idleMs: 60_000, messageMs: 15_000 },
  ...{ inFlightMax: 32, connectionsMax: 100, tls: null, portSetting: 'POS_PORT' },
};
const sent = (text: string): MessageAnswer => ({ body: Buffer.from(text), close: null });
const echo: AnswerMessage = (body) => sent(Buffer.from(body).toString());

let servers: PosServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
});

interface Line {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** When it was said, by the clock of `performance`. */
  readonly atMs: number;
}

interface Over {
  readonly listener?: Partial<ServedListener>;
  readonly answer?: AnswerMessage;
  readonly limits?: PosServerParts['limits'];
}

async function open({ listener, answer = echo, limits }: Over = {}) {
  const metrics = createMetrics();
  const lines: Line[] = [];
  const say =
    (level: keyof Log) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
      lines.push({ level, message, fields, atMs: performance.now() });
    };
  const log: Log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  const server = await servePos({
    listener: { ...base, ...listener },
    ...{ answer, log, metrics },
    limits: { sweepMs: 20, lingerMs: 100, ...limits },
  });
  servers.push(server);
  const count = async (name: string, labels: Record<string, string>) => {
    const metric = await metrics.registry.getSingleMetric(`one_card_pos_${name}`)?.get();
    const isIt = (found: object) =>
      Object.entries(labels).every(([key, value]) => Reflect.get(found, key) === value);
    return metric?.values.find((value) => isIt(value.labels))?.value ?? 0;
  };
  return { ...server, lines, count, connect: () => openRawFrames(server.port) };
}

/** Answers that a test gives when it wants to. */
function byHand() {
  const asked: string[] = [];
  const give = new Map<string, (answer: MessageAnswer) => void>();
  const answer: AnswerMessage = (body) => {
    const text = Buffer.from(body).toString();
    asked.push(text);
    return new Promise((resolve) => give.set(text, resolve));
  };
  return { asked, answer, give: (text: string) => give.get(text)?.(sent(text)) };
}
const until = async (isSo: () => boolean) => {
  for (let waitedMs = 0; !isSo(); waitedMs += 5) {
    if (waitedMs > 5_000) throw new Error('it did not come to that');
    await sleep(5);
  }
};

describe('messages', () => {
  test('are read however the network cuts them, one byte at a time or many in one piece', async () => {
    const { connect } = await open();
    const { socket, until: got } = connect();
    for (const byte of Buffer.concat([textFrame('one'), textFrame('two')])) {
      socket.write(Buffer.of(byte));
      await sleep(1);
    }
    socket.write(Buffer.concat([textFrame('three'), textFrame('four'), textFrame('five').subarray(0, 3)]));
    await got(4);
    socket.write(textFrame('five').subarray(3));
    expect(await got(5)).toEqual(['one', 'two', 'three', 'four', 'five']);
    socket.destroy();
  });

  test('sent one after the other are answered each as it is ready, those of one moment in one write', async () => {
    const { asked, answer, give } = byHand();
    const { connect } = await open({ answer });
    const { socket, until: got, chunks } = connect();
    socket.write(Buffer.concat(['a', 'b', 'c', 'd'].map(textFrame)));
    await until(() => asked.length === 4);
    give('c');
    expect(await got(1)).toEqual(['c']);
    for (const text of ['d', 'a', 'b']) give(text);
    expect(await got(4)).toEqual(['c', 'd', 'a', 'b']);
    expect(chunks()).toBe(2);
    socket.destroy();
  });

  test('are answered inside the TPDU and header they came in, the two addresses swapped', async () => {
    const { connect } = await open({ listener: { framing: framings['unionpay-pos'] } });
    const { socket } = connect();
    socket.removeAllListeners('data');
    socket.write(Buffer.from('000e6000010002603100311003616263', 'hex'));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString('hex')).toBe('000e6000020001603100311003616263');
    socket.destroy();
  });

  test('of no bytes keep the connection alive and are sent back', async () => {
    const { connect } = await open();
    const { socket, until: got } = connect();
    socket.write(Buffer.of(0, 0, 0, 0));
    expect(await got(2)).toEqual(['', '']);
    socket.destroy();
  });

  test('that get no answer, or whose answer fails, leave the connection as it is', async () => {
    const answer: AnswerMessage = async (body) => {
      const text = Buffer.from(body).toString();
      if (text === 'fault') throw new Error('no such thing');
      if (text === 'long') return sent('x'.repeat(rawFraming.frameBytesMax + 1));
      return text === 'none' ? { body: null, close: null } : sent(text);
    };
    const { connect, count, lines } = await open({ answer });
    const { socket, until: got } = connect();
    socket.write(Buffer.concat(['none', 'fault', 'long', 'good'].map(textFrame)));
    expect(await got(1)).toEqual(['good']);
    for (const [fate, times] of Object.entries({ none: 1, fault: 2, sent: 1 }))
      expect(await count('messages_total', { answer: fate }), fate).toBe(times);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(2);
    socket.destroy();
  });

  test('whose answer ends the connection have it sent first, and the reason stands in the log', async () => {
    const answer: AnswerMessage = (body) => ({
      body: Buffer.from(body),
      close: 'a message of no known type',
    });
    const { connect, lines, count } = await open({ answer });
    const { socket, ended, received } = connect();
    socket.write(Buffer.concat([textFrame('one'), textFrame('two')]));
    await ended;
    expect(received).toEqual(['one']);
    expect(await count('connections_ended_total', { reason: 'bad-message' })).toBe(1);
    const [line] = lines.filter(({ level }) => level === 'warn');
    expect(line?.fields).toMatchObject({
      ...{ listener: 'test', reason: 'bad-message', why: 'a message of no known type', messages: 1 },
      remoteAddress: '127.0.0.1',
    });
  });

  test('are told by the name of their connection and a number, under which its end stands in the log too', async () => {
    const senders: Sender[] = [];
    const answer: AnswerMessage = (body, sender) => {
      if (sender !== undefined) senders.push(sender);
      return echo(body, sender);
    };
    const { connect, lines } = await open({ answer });
    const [one, two] = [connect(), connect()];
    one.socket.write(Buffer.concat([textFrame('one'), textFrame('two')]));
    two.socket.write(textFrame('three'));
    await Promise.all([one.until(2), two.until(1)]);
    const names = [...new Set(senders.map(({ connection }) => connection))];
    expect(names.filter((name) => isRequestId(name))).toHaveLength(2);
    const messagesOf = (name: unknown) =>
      senders.filter(({ connection }) => connection === name).map(({ message }) => message);
    expect(names.map(messagesOf).sort()).toEqual([[1], [1, 2]]);
    one.socket.end();
    two.socket.end();
    const ends = () => lines.filter(({ message }) => message === 'a terminal connection ended');
    await expect.poll(() => ends().length).toBe(2);
    expect(ends().map(({ fields }) => fields['connection'])).toEqual(expect.arrayContaining(names));
  });

  test('whose MACs are wrong ten times in a row in one name end their connection, and are counted', async () => {
    const proof = { terminalId: 12, isRight: false };
    const { connect, count, lines } = await open({
      answer: (body) => ({ ...sent(Buffer.from(body).toString()), proof }),
    });
    const { socket, received, ended } = connect();
    socket.write(Buffer.concat(Array.from({ length: 12 }, (_, at) => textFrame(`guess ${at}`))));
    await ended;
    expect(received).toHaveLength(10);
    expect(await count('wrong_macs_total', { listener: 'test' })).toBe(10);
    expect(lines.find(({ level }) => level === 'warn')?.fields).toMatchObject({
      ...{ reason: 'wrong-macs', terminalId: 12, remoteAddress: '127.0.0.1' },
    });
  });
});

describe('a terminal that', () => {
  test('ends its side after a request is answered all the same', async () => {
    const { asked, answer, give } = byHand();
    const { connect, count } = await open({ answer });
    const { socket, ended, received } = connect();
    socket.end(textFrame('last'));
    await until(() => asked.length === 1);
    await sleep(30);
    give('last');
    await ended;
    expect(received).toEqual(['last']);
    expect(await count('connections_ended_total', { reason: 'peer' })).toBe(1);
  });

  test('goes without waiting leaves an answer undelivered, which is counted', async () => {
    const { asked, answer, give } = byHand();
    const { connect, count } = await open({ answer });
    const { socket } = connect();
    socket.write(textFrame('gone'));
    await until(() => asked.length === 1);
    socket.resetAndDestroy();
    await sleep(50);
    give('gone');
    await sleep(5);
    expect(await count('messages_total', { answer: 'undelivered' })).toBe(1);
    expect(await count('connections_ended_total', { reason: 'lost' })).toBe(1);
    expect(await count('connections', {})).toBe(0);
  });

  test('sends what is no frame is given the answers under way, and then ended', async () => {
    const { asked, answer, give } = byHand();
    const { connect, count } = await open({
      answer,
      listener: { framing: { ...rawFraming, frameBytesMax: 64 } },
    });
    const { socket, ended, received } = connect();
    socket.write(Buffer.concat([textFrame('good'), Buffer.of(0xff, 0xff, 1, 2, 3)]));
    await until(() => asked.length === 1);
    await sleep(50);
    give('good');
    await ended;
    expect(received).toEqual(['good']);
    expect(await count('connections_ended_total', { reason: 'broken-frame' })).toBe(1);
  });

  test('ends within a frame is counted as cut short', async () => {
    const { connect, count } = await open();
    const { socket, ended } = connect();
    socket.end(textFrame('never whole').subarray(0, 5));
    await ended;
    expect(await count('connections_ended_total', { reason: 'cut-short' })).toBe(1);
  });

  test('drips a frame in byte by byte is ended at the time for one frame', async () => {
    const { connect, count } = await open({ listener: { messageMs: 200 } });
    const { socket, ended } = connect();
    const startedAt = performance.now();
    const drip = setInterval(() => socket.write('x'), 20);
    socket.write(Buffer.of(0x0f, 0xff));
    await ended;
    clearInterval(drip);
    expect(performance.now() - startedAt).toBeGreaterThan(190);
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(await count('connections_ended_total', { reason: 'slow-message' })).toBe(1);
  });

  test('sent the rest in time is not late where it was we who stood still', async () => {
    const { connect, count } = await open({ listener: { messageMs: 150 } });
    const { socket, until: got } = connect();
    const frame = textFrame('in time');
    socket.write(frame.subarray(0, 5));
    await sleep(60);
    // Timers that came due meanwhile are run first after this.
    await new Promise((resolve) => setImmediate(resolve));
    socket.write(frame.subarray(5));
    const stood = performance.now();
    while (performance.now() - stood < 400);
    expect(await got(1)).toEqual(['in time']);
    expect(await count('connections_ended_total', { reason: 'slow-message' })).toBe(0);
    socket.destroy();
  });

  test('says nothing is ended when it was idle for long enough; one whose answer takes longer is not', async () => {
    const { asked, answer, give } = byHand();
    const { connect, count } = await open({ answer, listener: { idleMs: 150 } });
    const [quiet, waiting] = [connect(), connect()];
    waiting.socket.write(textFrame('slow'));
    await quiet.ended;
    await until(() => asked.length === 1);
    await sleep(200);
    give('slow');
    expect(await waiting.until(1)).toEqual(['slow']);
    await waiting.ended;
    expect(await count('connections_ended_total', { reason: 'idle' })).toBe(2);
  });

  test('does not end when we have is ended for it', async () => {
    const { connect, count } = await open({ listener: { idleMs: 100 } });
    const { socket } = connect();
    socket.allowHalfOpen = true;
    await once(socket, 'end');
    expect(await count('connections', {})).toBe(1);
    await sleep(200);
    expect(await count('connections', {})).toBe(0);
    socket.destroy();
  });

  test('is one too many is refused and counted', async () => {
    const { connect, count } = await open({ listener: { connectionsMax: 2 } });
    const [one, two] = [connect(), connect()];
    one.socket.write(textFrame('one'));
    two.socket.write(textFrame('two'));
    await Promise.all([one.until(1), two.until(1)]);
    await connect().ended;
    expect(await count('connections_ended_total', { reason: 'too-many' })).toBe(1);
    expect(await count('connections', {})).toBe(2);
    for (const { socket } of [one, two]) socket.destroy();
  });
});

test('whatever is sent, the next terminal is served, and nothing is a fault of ours', async () => {
  const { connect, lines, count } = await open({ listener: { framing: framings['base24tcp'] } });
  const senders = Array.from({ length: 200 }, (_, at) => {
    const { socket, ended } = connect();
    // Some begin as a frame does, and some break off in the middle of it.
    const start = at % 2 === 0 ? Buffer.of(0, at % 50) : Buffer.of();
    socket.write(Buffer.concat([start, randomBytes(at * 7)]));
    if (at % 3 === 0) socket.resetAndDestroy();
    else socket.end(randomBytes(at));
    return ended;
  });
  await Promise.all(senders);
  const { socket } = connect();
  socket.removeAllListeners('data');
  socket.write(Buffer.from('000461626303', 'hex'));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString('hex')).toBe('000461626303');
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(await count('connections', {})).toBe(1);
  socket.destroy();
});

describe('a terminal that sends more than it may', () => {
  test('has so many messages under way and no more; the others wait with it', async () => {
    const { asked, answer, give } = byHand();
    const { connect } = await open({ answer, listener: { inFlightMax: 4, messageMs: 100 } });
    const { socket, received, until: got } = connect();
    const texts = Array.from({ length: 40 }, (_, at) => `message ${at}`);
    socket.write(Buffer.concat(texts.map(textFrame)));
    await until(() => asked.length === 4);
    // Its time for a frame does not run while it is we who do not read.
    await sleep(300);
    expect([asked.length, received.length]).toEqual([4, 0]);
    give('message 2');
    await until(() => asked.length === 5);
    for (let at = 0; at < texts.length; at += 1) {
      await until(() => asked.includes(`message ${at}`));
      give(`message ${at}`);
    }
    expect([...(await got(40))].sort()).toEqual([...texts].sort());
    socket.destroy();
  });

  test('and reads no answers is asked nothing more, and ended when it does not read on', async () => {
    let asked = 0;
    let lastAskedMs = 0;
    const answer: AnswerMessage = () => {
      asked += 1;
      lastAskedMs = performance.now();
      return sent('x'.repeat(4_000));
    };
    const messageMs = 400;
    const { connect, count, lines, stop } = await open({ answer, listener: { messageMs } });
    const { socket } = connect();
    socket.pause();
    socket.write(Buffer.concat(Array.from({ length: 20_000 }, () => textFrame('more'))));
    const ending = () => lines.find(({ level }) => level === 'warn');
    await until(() => ending() !== undefined);
    // What the system keeps for both sides is megabytes, and it takes them in its own time; what we keep is not.
    expect(asked).toBeLessThan(20_000);
    // From the first answer that stayed here, for as long as it may take to be read, nothing was asked.
    expect((ending()?.atMs ?? 0) - lastAskedMs).toBeGreaterThanOrEqual(messageMs);
    const before = asked;
    await stop();
    expect(asked).toBe(before);
    expect(await count('connections_ended_total', { reason: 'slow-reader' })).toBe(1);
    socket.destroy();
  });
});

describe('the server', () => {
  test('answers what is under way when it is stopped, reads nothing new, and takes nobody new', async () => {
    const { asked, answer, give } = byHand();
    const { connect, stop, port } = await open({ answer });
    const [busy, idle] = [connect(), connect()];
    busy.socket.write(textFrame('first'));
    await until(() => asked.length === 1);
    const stopped = stop();
    await idle.ended;
    busy.socket.write(textFrame('second'));
    await openRawFrames(port).ended;
    await sleep(50);
    give('first');
    await stopped;
    await busy.ended;
    expect([asked, busy.received]).toEqual([['first'], ['first']]);
  });

  test('ends whoever does not come to an end when it is stopped', async () => {
    const { asked, answer } = byHand();
    const { connect, stop } = await open({ answer, limits: { drainMs: 200 } });
    const { socket, ended, received } = connect();
    socket.write(textFrame('never'));
    await until(() => asked.length === 1);
    const startedAt = performance.now();
    await stop();
    await ended;
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(received).toEqual([]);
  });

  test('says a flood of endings as a number', async () => {
    const { connect, lines, count } = await open({ limits: { sweepMs: 300 } });
    for (let at = 0; at < 40; at += 1) connect().socket.end(Buffer.of(0, 9, 1));
    await until(() => lines.some(({ message }) => message === 'more terminal connections ended'));
    expect(await count('connections_ended_total', { reason: 'cut-short' })).toBe(40);
    const warned = lines.filter(({ level }) => level === 'warn');
    const rest = warned.reduce((sum, { fields }) => sum + Number(fields['connections'] ?? 1), 0);
    expect(warned.length).toBeLessThan(30);
    expect(rest).toBe(40);
  });

  test('says in one sentence that its port is taken, or its host none of this machine', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const failure = await open({ listener: { port } }).catch((error) => error);
    taken.close();
    expect(failure).toEqual(
      new StartError(
        `Port ${port} on 127.0.0.1 is taken by another program: give the terminals of "test" another one (POS_PORT).`,
      ),
    );
    await expect(open({ listener: { host: '192.0.2.1' } })).rejects.toThrow(
      'The host 192.0.2.1 of the terminals of "test" is no address of this machine (EADDRNOTAVAIL).',
    );
  });
});
