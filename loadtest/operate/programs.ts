import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '#platform/start-error.ts';

/** The programs of Debian that stand around the service, and the package of each. */
const packageOf = {
  haproxy: 'haproxy',
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'redis-server': 'redis-server',
  'prometheus-postgres-exporter': 'prometheus-postgres-exporter',
  'prometheus-node-exporter': 'prometheus-node-exporter',
} as const;
type Program = keyof typeof packageOf;

const stopLimitMs = 10_000;

/** Debian's packages are installed where they are missing and we may; RUNLEVEL=1 keeps them from starting themselves. */
export function requirePrograms(programs: readonly Program[]): void {
  if (missing(programs).length === 0) return;
  if (process.getuid?.() === 0) {
    const packages = [...new Set(missing(programs).map((program) => packageOf[program]))];
    const quietly = ['RUNLEVEL=1', 'DEBIAN_FRONTEND=noninteractive'];
    spawnSync('apt-get', ['update'], { stdio: 'ignore' });
    spawnSync('env', [...quietly, 'apt-get', 'install', '-y', '--no-install-recommends', ...packages], {
      stdio: 'ignore',
    });
  }
  const left = missing(programs);
  if (left.length > 0)
    throw new StartError(
      `Not on the PATH: ${left.join(', ')}. On Debian: apt-get install ${left.map((one) => packageOf[one]).join(' ')}.`,
    );
}

function missing(programs: readonly Program[]): Program[] {
  return programs.filter((program) => spawnSync('which', [program], { stdio: 'ignore' }).status !== 0);
}

/** A program that was started for us, and what it writes into its own file. */
export interface Running {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when it is gone. */
  readonly ended: Promise<void>;
  isAlive(): boolean;
  stop(): Promise<void>;
}

export interface Order {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** Starts a program in a session of its own, so that Ctrl-C reaches only us and we stop it in our order. */
export function startProgram({ name, command, args, env, logFile }: Order): Running {
  const log = openSync(logFile, 'a', 0o600);
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const child: ChildProcess = spawn(command, [...args], {
    env: { PATH: path, ...env },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const ended = once(child, 'exit').then(
    () => undefined,
    () => undefined,
  );
  const isAlive = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const stop = async () => {
    if (!isAlive()) return;
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), stopLimitMs * 3);
    await ended;
    clearTimeout(force);
  };
  return { name, pid: child.pid ?? 0, logFile, ended, isAlive, stop };
}

/** Waits until an address answers well. Throws StartError when the program ended, or does not answer in time. */
export async function waitUntilGood(url: string, program: Running, limitMs = 120_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (program.isAlive() && Date.now() < deadline) {
    if (await isGood(url)) return;
    await sleep(100);
  }
  throw new StartError(`${program.name} does not answer at ${url}: its log says why.`);
}

async function isGood(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
