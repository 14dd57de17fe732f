import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const version = 'v1.8.1';
/** With the user's other caches: a fresh clone and a fresh `npm ci` find it again. */
const caches = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const folder = join(caches, 'one-card', `k6-${version}`);
const installLimitMs = 600_000;

/** The program k6: of the cache, of the PATH, or installed now by Go. Null where there is none and no Go. */
export function findK6(say: (line: string) => void): string | null {
  const kept = join(folder, 'k6');
  if (existsSync(kept)) return kept;
  if (isOurs('k6')) return 'k6';
  if (spawnSync('go', ['version']).status !== 0) return null;
  say(`k6 ${version} is installed by Go, once: about two minutes`);
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = spawnSync('go', ['install', `go.k6.io/k6@${version}`], {
    env: { ...process.env, GOBIN: folder },
    timeout: installLimitMs,
    encoding: 'utf8',
  });
  if (status === 0 && existsSync(kept)) return kept;
  throw new Error(`Go could not install k6: ${stderr.trim().split('\n').at(-1) ?? 'no word of why'}`);
}

/** Another version may count otherwise. */
function isOurs(program: string): boolean {
  const { status, stdout } = spawnSync(program, ['version'], { encoding: 'utf8' });
  return status === 0 && stdout.includes(`${version} `);
}
