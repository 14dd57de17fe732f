import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRawFrames, textFrame } from '#testing/pos/raw-frames.ts';

const programs = join(import.meta.dirname, '../../testing/pos');
const children: ChildProcess[] = [];

function start(program: string, args: string[] = []): ChildProcess {
  const child = fork(join(programs, program), args, { execArgv: ['--expose-gc'] });
  children.push(child);
  return child;
}
async function hear<Said>(child: ChildProcess): Promise<Said> {
  const [said] = await once(child, 'message');
  return said as Said;
}

let server: ChildProcess;
let port: number;
beforeAll(async () => {
  server = start('echo-program.ts');
  ({ port } = await hear<{ port: number }>(server));
});
afterAll(() => {
  for (const child of children) child.disconnect();
});

async function rssMegabytes(): Promise<number> {
  server.send('how much');
  const { rssBytes } = await hear<{ rssBytes: number }>(server);
  return rssBytes / 1024 / 1024;
}

/** The middle of so many round trips, one after the other. */
async function roundTripMs(count: number): Promise<number> {
  const { socket, until } = openRawFrames(port);
  const took: number[] = [];
  for (let at = 1; at <= count; at += 1) {
    const startedAt = performance.now();
    socket.write(textFrame('honest'));
    await until(at);
    took.push(performance.now() - startedAt);
  }
  socket.destroy();
  return took.sort((a, b) => a - b)[Math.floor(count / 2)] ?? 0;
}

test('5,000 terminals that are connected cost less than 100 MB, and hold up nobody', async () => {
  const quietMs = await roundTripMs(300);
  const before = await rssMegabytes();
  const sockets: Socket[] = [];
  while (sockets.length < 5_000) {
    const some = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'));
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    // Each has said something before it is idle, as terminals have.
    for (const socket of some) socket.resume().write(textFrame('hello'));
    sockets.push(...some);
  }
  await sleep(100);
  const after = await rssMegabytes();
  const crowdedMs = await roundTripMs(300);
  for (const socket of sockets) socket.destroy();
  expect(after - before).toBeLessThan(100);
  expect(crowdedMs).toBeLessThan(10 * quietMs + 1);
});

test('a terminal that floods takes its turns, and another waits for one of them at the most', async () => {
  const quietMs = await roundTripMs(300);
  const flood = start('flood-program.ts', [String(port)]);
  await sleep(1_000);
  const floodedMs = await roundTripMs(300);
  flood.send('how many');
  const { answered } = await hear<{ answered: number }>(flood);
  expect(answered).toBeGreaterThan(10_000);
  expect(floodedMs).toBeLessThan(20 * quietMs + 1);
});
