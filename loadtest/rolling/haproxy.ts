import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requirePrograms } from './debian.ts';

/** A server behind the balancer: where it takes traffic, and where it says whether it should. */
export interface Backend {
  readonly name: string;
  readonly port: number;
  readonly healthPort: number;
}

/** One address for several servers. */
export interface Frontend {
  readonly name: string;
  readonly port: number;
  readonly mode: 'http' | 'tcp';
  readonly healthPath: string;
  /** Whether connections to a server that is not healthy any more are cut: for what must not be asked there again. */
  readonly cutsUnhealthy?: boolean;
  readonly backends: readonly Backend[];
}

export interface Haproxy {
  /** Waits until it takes the server of that name for healthy, or not. */
  sees(frontend: string, server: string, state: 'UP' | 'DOWN'): Promise<void>;
  stop(): void;
}

/** How often it looks, and how many looks make a server ill or well: a second in all, if it says so itself. */
const check = { everyMs: 300, fall: 3, rise: 1 };
const seeLimitMs = 30_000;
const startLimitMs = 5_000;

/** Starts Debian's HAProxy in front of what is given. Its package is installed when it is missing and we may. */
export async function startHaproxy(folder: string, frontends: readonly Frontend[]): Promise<Haproxy> {
  requirePrograms(['haproxy'], ['haproxy']);
  const name = frontends.map((frontend) => frontend.name).join('-');
  const control = join(folder, `${name}.sock`);
  const file = join(folder, `${name}.cfg`);
  writeFileSync(file, haproxyConfig(control, frontends));
  const checked = spawnSync('haproxy', ['-c', '-f', file], { encoding: 'utf8' });
  if (checked.status !== 0) throw new Error(`HAProxy does not take its configuration: ${checked.stderr}`);
  const child: ChildProcess = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
  child.on('error', () => undefined);
  const deadline = Date.now() + startLimitMs;
  while ((await askControl(control)) === '') {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('HAProxy did not start');
    await sleep(20);
  }
  return {
    sees: async (frontend, server, state) => {
      const until = Date.now() + seeLimitMs;
      for (;;) {
        const line = (await askControl(control))
          .split('\n')
          .find((row) => row.startsWith(`${frontend},${server},`));
        if (line?.split(',')[statusColumn]?.startsWith(state)) return;
        if (Date.now() > until) throw new Error(`HAProxy does not see ${server} as ${state}`);
        await sleep(50);
      }
    },
    stop: () => {
      child.kill('SIGKILL');
    },
  };
}

/** The place of a server's state in what HAProxy says of itself. */
const statusColumn = 17;

function haproxyConfig(control: string, frontends: readonly Frontend[]): string {
  const head = `
global
  maxconn 4000
  stats socket ${control}
defaults
  timeout connect 1s
  timeout client 1h
  timeout server 1h
  timeout check 5s
  retries 3
  option redispatch`;
  return `${[head, ...frontends.map(places)].join('\n')}\n`;
}

function places({ name, port, mode, healthPath, cutsUnhealthy, backends }: Frontend): string {
  const cut = cutsUnhealthy ? ' on-marked-down shutdown-sessions' : '';
  return [
    `listen ${name}`,
    `  bind 127.0.0.1:${port}`,
    `  mode ${mode}`,
    '  balance roundrobin',
    `  option httpchk GET ${healthPath}`,
    '  http-check expect status 200',
    // A request is safe to send again: its key makes it one.
    ...(mode === 'http' ? ['  retry-on conn-failure empty-response'] : []),
    `  default-server inter ${check.everyMs}ms fall ${check.fall} rise ${check.rise}${cut}`,
    ...backends.map(
      (backend) => `  server ${backend.name} 127.0.0.1:${backend.port} check port ${backend.healthPort}`,
    ),
  ].join('\n');
}

/** What HAProxy says of its servers; nothing while it does not answer. */
function askControl(path: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(path, () => socket.write('show stat\n'));
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => resolve(''));
    socket.on('close', () => resolve(text));
  });
}
