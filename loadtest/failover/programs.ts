import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, closeSync, mkdirSync, openSync } from 'node:fs';

/** PostgreSQL does not run as root: what it is part of runs as Debian's user for it, where we are root. */
const account = 'postgres';

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

function serverIds(): Ids | null {
  if (process.getuid?.() !== 0) return null;
  const id = (what: string) => Number(spawnSync('id', [what, account], { encoding: 'utf8' }).stdout.trim());
  return { uid: id('-u'), gid: id('-g') };
}

/** A folder that the server's user owns. */
export function makeServerFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const ids = serverIds();
  if (ids !== null) chownSync(path, ids.uid, ids.gid);
  return path;
}

export interface ProgramOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly folder: string;
}

/** Starts a program as the server's user, with its output in a file. */
export function startProgram({ program, args, logFile, folder }: ProgramOptions): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(program, [...args], {
      cwd: folder,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: folder, LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', log, log],
      ...serverIds(),
    });
    child.on('error', () => undefined);
    return child;
  } finally {
    closeSync(log);
  }
}
