import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFlags } from '#testing/servers/node-flags.ts';
import { signal } from './processes.ts';

/** One instance of the service as a process of its own, that can be killed, frozen and started again. */
export interface ChaosService {
  readonly name: string;
  readonly address: string;
  /** Its log over all its lives. */
  readonly logFile: string;
  /** How often it ended although nobody killed it. */
  readonly ownExits: () => number;
  /** Stops that it was told to make and did not end as it should. */
  readonly uncleanStops: () => number;
  /**
   * Ends it and starts it again at once, and again until it is ready: PostgreSQL may be down meanwhile.
   * Gives how many starts it took.
   */
  restart(how: 'SIGKILL' | 'SIGTERM'): Promise<number>;
  freeze(): void;
  thaw(): void;
  /** Waits until it says that it is ready. */
  ready(limitMs: number): Promise<void>;
  /** Stops it with SIGTERM; gives its exit code. */
  stop(): Promise<number | null>;
}

export interface ServiceOptions {
  readonly name: string;
  readonly port: number;
  readonly program: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Told how its process is taken away, also when its start fails. */
  readonly onClose: (remove: () => void) => void;
}

/** Others may use this machine, and PostgreSQL may be killed again while an instance starts: how long it took is told. */
const startLimitMs = 300_000;
const stopLimitMs = 20_000;
const askLimitMs = 2_000;

/** Starts an instance and waits until it is ready. */
export async function startService(options: ServiceOptions): Promise<ChaosService> {
  const { name, port, folder } = options;
  const address = `http://127.0.0.1:${port}`;
  const logFile = join(folder, `service-${name}.log`);
  let isClosed = false;
  options.onClose(() => {
    isClosed = true;
    if (!hasEnded(child)) child.kill('SIGKILL');
  });
  let child = spawnService(options, logFile);
  let wasReady = false;
  let expected = false;
  let ownExits = 0;
  let uncleanStops = 0;
  let starts = 1;
  const watch = () => {
    const watched = child;
    watched.once('exit', () => {
      // One that was never ready may give up because PostgreSQL is down: that is what it should do.
      if (watched === child && wasReady && !expected && !isClosed) ownExits += 1;
    });
  };
  watch();
  const ready = async (limitMs: number) => {
    const deadline = Date.now() + limitMs;
    while (!(await isReady(address))) {
      if (isClosed) throw new Error('the run is over');
      if (Date.now() > deadline) throw new Error(`service ${name} is not ready: see ${logFile}`);
      if (hasEnded(child)) {
        wasReady = false;
        child = spawnService(options, logFile);
        starts += 1;
        watch();
      }
      await sleep(50);
    }
    wasReady = true;
  };
  await ready(startLimitMs);
  return {
    name,
    address,
    logFile,
    ownExits: () => ownExits,
    uncleanStops: () => uncleanStops,
    restart: async (how) => {
      const startsBefore = starts;
      expected = true;
      await end(child, how);
      if (how === 'SIGTERM' && child.exitCode !== 0) uncleanStops += 1;
      expected = false;
      await ready(startLimitMs);
      return starts - startsBefore;
    },
    freeze: () => signal(child.pid ?? 0, 'SIGSTOP'),
    thaw: () => signal(child.pid ?? 0, 'SIGCONT'),
    ready,
    stop: async () => {
      expected = true;
      await end(child, 'SIGTERM');
      return child.exitCode;
    },
  };
}

function spawnService({ program, port, environment }: ServiceOptions, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(process.execPath, [...nodeFlags, program], {
      env: { PATH: process.env['PATH'], ...environment, PORT: String(port) },
      stdio: ['ignore', 'ignore', log],
    });
    child.on('error', () => undefined);
    return child;
  } finally {
    closeSync(log);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess, how: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(how);
  const force = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
  await gone;
  clearTimeout(force);
}

function isReady(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get(`${address}/readyz`, { agent: false, timeout: askLimitMs }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', () => resolve(false));
  });
}
