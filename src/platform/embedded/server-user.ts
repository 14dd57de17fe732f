import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartError } from '#platform/start-error.ts';

/** The system user the server runs as; `undefined` means: as whoever we are. */
export type ServerUser = { uid: number; gid: number } | undefined;

const userName = 'postgres';

/** PostgreSQL refuses to run as root, so root needs another user for it. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The user for the server: none unless we are root; then `postgres`, created where it is missing. */
export function ensureServerUser(): ServerUser {
  if (!isRoot()) return undefined;
  const existing = lookUpUser();
  if (existing) return existing;
  spawnSync('groupadd', ['--system', userName]);
  const nobodyLogsIn = ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin'];
  spawnSync('useradd', ['--system', '--gid', userName, ...nobodyLogsIn, userName]);
  const created = lookUpUser();
  if (created) return created;
  throw new StartError(
    'PostgreSQL does not run as root and the system user "postgres" could not be created: ' +
      'start as an ordinary user or set DATABASE_URL.',
  );
}

/** Whether the server user may read every path (and enter or execute it): asked of the kernel, not guessed. */
export function canRead(user: ServerUser, paths: readonly string[]): boolean {
  const test = 'for path; do test -r "$path" && test -x "$path" || exit 1; done';
  const identity = user ? { uid: user.uid, gid: user.gid } : {};
  return spawnSync('/bin/sh', ['-c', test, 'sh', ...paths], { ...identity, cwd: '/' }).status === 0;
}

/** Whether every folder down to the path may be passed through by any user. Missing folders count as passable. */
export function isTraversableByAll(path: string): boolean {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0o001;
  if ((mode & 0o001) === 0) return false;
  const parent = dirname(path);
  return parent === path || isTraversableByAll(parent);
}

function lookUpUser(): ServerUser {
  const uid = Number.parseInt(spawnSync('id', ['-u', userName], { encoding: 'utf8' }).stdout ?? '', 10);
  const gid = Number.parseInt(spawnSync('id', ['-g', userName], { encoding: 'utf8' }).stdout ?? '', 10);
  return uid > 0 && gid >= 0 ? { uid, gid } : undefined;
}
