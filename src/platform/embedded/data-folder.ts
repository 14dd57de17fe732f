import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '#platform/files/make-folder.ts';
import { createSecretFile, readIfExists } from '#platform/files/secret-file.ts';
import { StartError } from '#platform/start-error.ts';
import { canRead, ensureServerUser, isRoot, isTraversableByAll, type ServerUser } from './server-user.ts';

/** The superuser of an embedded server. */
export const ownerName = 'one_card_owner';

/** What an embedded server keeps: the cluster, and beside it (not in it) our password and port. */
export type DataFolder = {
  path: string;
  cluster: string;
  startLog: string;
  password: string;
  user: ServerUser;
};

/**
 * Where data is kept when DATA_DIR is not set: `<project>/data`; but for root under a folder closed to the
 * user `postgres` (a clone under /root), `/var/lib/one-card/<hash of the project path>`.
 * Data that is already in one of the two stays where it is.
 */
export function defaultDataDir(projectDir: string): string {
  const inProject = join(projectDir, 'data');
  const name = createHash('sha256').update(projectDir).digest('hex').slice(0, 8);
  const outside = join('/var/lib/one-card', name);
  if (!isRoot() || hasCluster(inProject)) return inProject;
  if (hasCluster(outside)) return outside;
  return isTraversableByAll(inProject) ? inProject : outside;
}

/** Whether a database was ever made in this folder. */
export function hasCluster(path: string): boolean {
  return fs.existsSync(join(path, 'postgresql'));
}

/** Opens the folder, creating what is missing except the cluster. Throws StartError if it cannot serve. */
export function openDataFolder(path: string): DataFolder {
  makeFolder(path);
  const cluster = join(path, 'postgresql');
  const user = serverUserOf(cluster);
  if (user && !isTraversableByAll(path)) {
    throw new StartError(
      `The system user that runs the database cannot reach ${path}: choose another DATA_DIR.`,
    );
  }
  const isNew = !fs.existsSync(cluster);
  if (!isNew && !canRead(user, [cluster])) {
    throw new StartError(`The database in ${cluster} belongs to another user: start as that user.`);
  }
  return { path, cluster, startLog: join(path, 'start.log'), password: readPassword(path, isNew), user };
}

/**
 * Creates the cluster if there is none. It is made beside and renamed, so a start that dies half-way leaves
 * none, and of two starts at once one wins.
 */
export function ensureCluster(folder: DataFolder, initdb: string): void {
  if (fs.existsSync(folder.cluster)) return;
  const beside = `${folder.cluster}.new-${process.pid}`;
  const passwordFile = `${beside}.password`;
  fs.rmSync(beside, { recursive: true, force: true });
  fs.mkdirSync(beside, { mode: 0o700 });
  fs.writeFileSync(passwordFile, folder.password, { mode: 0o600 });
  try {
    for (const path of folder.user ? [beside, passwordFile] : []) giveTo(folder.user, path);
    runInitdb(folder, initdb, { cluster: beside, passwordFile });
    fs.renameSync(beside, folder.cluster);
  } catch (error) {
    if (!fs.existsSync(folder.cluster)) throw error;
  } finally {
    fs.rmSync(passwordFile, { force: true });
    fs.rmSync(beside, { recursive: true, force: true });
  }
}

/** The port the server had last, if it had one. */
export function readPort(folder: DataFolder): number | undefined {
  const text = readIfExists(join(folder.path, 'postgresql.port'));
  const port = Number.parseInt(text ?? '', 10);
  return port > 1023 && port < 65536 ? port : undefined;
}

/** Remembers the port for the next start. */
export function writePort(folder: DataFolder, port: number): void {
  fs.writeFileSync(join(folder.path, 'postgresql.port'), `${port}\n`, { mode: 0o600 });
}

function runInitdb(
  folder: DataFolder,
  initdb: string,
  made: { cluster: string; passwordFile: string },
): void {
  const settings = ['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', '--no-instructions'];
  const owner = [`--username=${ownerName}`, `--pwfile=${made.passwordFile}`, `--pgdata=${made.cluster}`];
  const identity = folder.user ?? {};
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  const run = spawnSync(initdb, [...settings, ...owner], { ...identity, cwd: '/', env, encoding: 'utf8' });
  if (run.status === 0) return;
  const said = run.stderr?.trim().split('\n') ?? [];
  const reason = run.error?.message ?? said.find((line) => /error|fatal/i.test(line)) ?? said.at(-1) ?? '';
  throw new StartError(`The database could not be created in ${folder.path}: ${reason}`);
}

/** A cluster that exists runs as its owner, whatever we would choose today. */
function serverUserOf(cluster: string): ServerUser {
  const owner = isRoot() ? fs.statSync(cluster, { throwIfNoEntry: false }) : undefined;
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : ensureServerUser();
}

function giveTo(user: ServerUser, path: string): void {
  if (user) fs.chownSync(path, user.uid, user.gid);
}

function readPassword(path: string, mayCreate: boolean): string {
  const file = join(path, 'postgresql.password');
  const existing = readIfExists(file);
  if (existing) return existing;
  if (!mayCreate)
    throw new StartError(`The password file ${file} is missing: put it back or set DATABASE_URL.`);
  return createSecretFile(file, randomBytes(24).toString('hex'));
}
