import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { StartError } from '#platform/start-error.ts';

/** The file's text without the line end, or `undefined` if there is none. Throws StartError if it is not ours. */
export function readIfExists(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StartError(`The file ${file} cannot be read: start as the user it belongs to.`, {
      cause: error,
    });
  }
}

/**
 * Writes the text to a file that only its owner may read, unless the file is there; returns what it holds.
 * A link either makes the whole file or fails, so two starts at once agree on one text.
 */
export function createSecretFile(file: string, text: string): string {
  const beside = `${file}.new-${process.pid}`;
  rmSync(beside, { force: true });
  writeFileSync(beside, `${text}\n`, { mode: 0o600 });
  try {
    linkSync(beside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(beside, { force: true });
  }
  return readIfExists(file) ?? text;
}
