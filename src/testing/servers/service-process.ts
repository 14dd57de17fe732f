import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { nodeFlags } from './node-flags.ts';

/** The service as it is started anywhere: a process with settings, an output for people and a log. */
export interface ServiceProcess {
  /** Where it listens, once it says so. */
  readonly address: Promise<string>;
  /** Its exit code, once it is gone. */
  readonly ended: Promise<number | null>;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const main = join(import.meta.dirname, '../../main.ts');

/** Starts `node src/main.ts` with these settings and no others, on ports of its own choice. */
export function startServiceProcess(env: Readonly<Record<string, string>>): ServiceProcess {
  const child: ChildProcess = spawn(process.execPath, [...nodeFlags, main], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', PORT: '0', POS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8');
  child.stderr?.setEncoding('utf8');
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const address = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
      const found = /service +(http:\S+)/.exec(stdout);
      if (found !== null) resolve(found[1] as string);
    });
    void ended.then((code) => reject(new Error(`the service ended with ${code}: ${stderr}`)));
  });
  address.catch(() => undefined);
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return ended;
  };
  return { address, ended, pid: child.pid ?? 0, stdout: () => stdout, stderr: () => stderr, stop };
}
