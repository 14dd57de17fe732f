import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartError } from '#platform/start-error.ts';

/**
 * Creates the folder and those above it. As root, whatever the umask is, other users may pass through what
 * was created but not list it: the database's system user has to reach its files. Throws StartError.
 */
export function makeFolder(path: string): void {
  try {
    createMissing(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new StartError(
      `The folder ${path} cannot be created (${code}): set DATA_DIR to a writable folder.`,
      {
        cause: error,
      },
    );
  }
}

/** Folder by folder, because the recursive mkdir neither sets the mode of all nor ever returns under /proc. */
function createMissing(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  createMissing(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && statSync(path).isDirectory()) return;
    throw error;
  }
  if (process.getuid?.() === 0) chmodSync(path, 0o711);
}
