import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '#platform/files/make-folder.ts';
import { isAlive } from './process-life.ts';

/**
 * Who uses the embedded server of a folder: `npm run verify` beside a running service shares its server and
 * must not stop it under the service. Each user leaves a file named by its process id; the last one out stops.
 * Returns the function that leaves: true if nobody else is there.
 */
export function enter(dataDir: string): () => boolean {
  const folder = join(dataDir, 'owners');
  makeFolder(folder);
  const mine = join(folder, `${process.pid}.${randomUUID()}`);
  writeFileSync(mine, '', { mode: 0o600 });
  return () => {
    rmSync(mine, { force: true });
    return dropTheDead(folder) === 0;
  };
}

/** Removes the files of processes that were killed before they could; returns how many are left. */
function dropTheDead(folder: string): number {
  let living = 0;
  for (const name of readdirSync(folder)) {
    if (isAlive(Number.parseInt(name, 10))) living += 1;
    else rmSync(join(folder, name), { force: true });
  }
  return living;
}
