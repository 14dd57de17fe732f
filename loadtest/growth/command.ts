import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '#loadtest/bench/world.ts';

/** How a command of the product went. */
export interface CommandRun {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** The most memory that its process ever held. */
  readonly peakMb: number;
  readonly output: string;
}

const program = join(import.meta.dirname, '../../src/cli.ts');
const lookEveryMs = 200;

/** Runs `node src/cli.ts …` on the world's database, as an operator would; ends it when it takes too long. */
export async function runCommand(
  world: World,
  args: readonly string[],
  limits: { readonly secondsMax: number; readonly databaseUrl?: string },
): Promise<CommandRun> {
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: limits.databaseUrl ?? world.url,
      MASTER_KEY: world.masterKeyHex,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  world.onClose(() => child.kill('SIGKILL'));
  let [output, errors, peakMb] = ['', '', 0];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    // A progress bar may say much: the end of it is enough.
    errors = (errors + text).slice(-errorsMax);
  });
  const look = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid ?? 0));
  }, lookEveryMs);
  const late = setTimeout(() => child.kill('SIGKILL'), limits.secondsMax * 1_000);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(look);
  clearTimeout(late);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const [name = ''] = args;
  return { name, ok: code === 0, seconds, peakMb, output: code === 0 ? output : output + errors };
}

const errorsMax = 4_000;

/** As the kernel counts it, in MiB; 0 where it does not say. */
function peakOf(pid: number): number {
  try {
    const kb = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kb ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
