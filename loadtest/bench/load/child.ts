import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#platform/embedded/postmaster.ts';
import { nodeFlags } from '#testing/servers/node-flags.ts';

/** A Node process of ours, spoken to by messages. */
export interface Child {
  readonly pid: number;
  send(message: object): void;
  /** The next message; throws when the child ends or the time is over. */
  next<Message>(limitMs: number): Promise<Message>;
  stop(): Promise<void>;
}

const stopLimitMs = 5_000;
const startLimitMs = 30_000;

/** Starts one of our modules in a process of its own. It is told by its environment: arguments are seen by everybody. */
export function forkChild(file: string, told: object): Child {
  const child = fork(file, [], {
    execArgv: [...nodeFlags],
    env: { ...process.env, BENCH_ORDER: JSON.stringify(told) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    pid: child.pid ?? 0,
    send: (message) => child.send(message),
    next: (limitMs) => nextMessage(child, limitMs),
    stop: () => stop(child),
  };
}

async function nextMessage<Message>(child: ChildProcess, limitMs: number): Promise<Message> {
  const over = new AbortController();
  try {
    const { signal } = over;
    const ended = once(child, 'exit', { signal }).then(() =>
      Promise.reject(new Error('a child ended early')),
    );
    const late = sleep(limitMs, undefined, { signal }).then(() =>
      Promise.reject(new Error('a child said nothing in time')),
    );
    // The losers of the race are aborted, and nobody waits for them.
    for (const loser of [ended, late]) loser.catch(() => undefined);
    const [message] = await Promise.race([once(child, 'message', { signal }), ended, late]);
    return message as Message;
  } finally {
    over.abort();
  }
}

/** What the service is started with, beside its ports. */
export type Environment = Readonly<Record<string, string>>;

export interface Service {
  readonly pid: number;
  readonly port: number;
  readonly posPort: number;
  stop(): Promise<void>;
}

/** Starts a program that listens on PORT and then on POS_PORT, and waits until it does. */
export async function startService(file: string, environment: Environment): Promise<Service> {
  const port = await freePort();
  const posPort = await freePort();
  const child = spawn(process.execPath, [...nodeFlags, file], {
    env: { PATH: process.env['PATH'], ...environment, PORT: String(port), POS_PORT: String(posPort) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const deadline = Date.now() + startLimitMs;
  while (!(await isListening(posPort))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop(child);
      throw new Error(`${file} did not begin to listen`);
    }
    await sleep(50);
  }
  return { pid: child.pid ?? 0, port, posPort, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
  await gone;
  clearTimeout(force);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
