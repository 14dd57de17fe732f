import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#platform/embedded/postmaster.ts';

/** A Redis of our own, with nothing on disk. `kill` and `stop` return when the process is gone. */
export type RedisServer = {
  url: string;
  port: number;
  pid: number;
  kill(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
};

const startLimitMs = 10_000;
const stopLimitMs = 5_000;

/** Starts a redis-server on 127.0.0.1, on the port given (a restart) or on a free one. */
export async function startRedis(port?: number): Promise<RedisServer> {
  requireProgram();
  const chosen = port ?? (await freePort());
  const nothingOnDisk = ['--save', '', '--appendonly', 'no', '--dir', '/'];
  const child = spawn('redis-server', ['--port', String(chosen), '--bind', '127.0.0.1', ...nothingOnDisk], {
    stdio: 'ignore',
  });
  child.on('error', () => undefined);
  await waitForPong(child, chosen);
  const kill = (signal: NodeJS.Signals) => end(child, signal);
  const stop = () => end(child, 'SIGTERM');
  return { url: `redis://127.0.0.1:${chosen}`, port: chosen, pid: child.pid ?? 0, kill, stop };
}

/** Debian's package is installed when it is missing and we may; RUNLEVEL=1 keeps it from starting its own service. */
function requireProgram(): void {
  if (isInstalled()) return;
  if (process.getuid?.() === 0) {
    spawnSync('apt-get', ['update'], { stdio: 'ignore' });
    const quietly = ['RUNLEVEL=1', 'DEBIAN_FRONTEND=noninteractive'];
    spawnSync('env', [...quietly, 'apt-get', 'install', '-y', 'redis-server'], { stdio: 'ignore' });
  }
  if (!isInstalled()) throw new Error('The tests need the program redis-server on the PATH: install Redis.');
}

function isInstalled(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

async function waitForPong(child: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + startLimitMs;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    if (await answersPing(port)) return;
    await sleep(20);
  }
  child.kill('SIGKILL');
  throw new Error(`redis-server did not start on port ${port}`);
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (bytes) => finish(bytes.toString().startsWith('+PONG')));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
  await gone;
  clearTimeout(force);
}
