import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleEntry, writeSample } from './sample-migration.ts';

const root = join(import.meta.dirname, '../..');

/** A copy of this program with one migration more, as the next version would be. Gives its main file. */
export function makeNextVersion(folder: string): string {
  for (const part of ['src', 'drizzle', 'package.json'])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  for (const part of ['node_modules', 'fixtures']) symlinkSync(join(root, part), join(folder, part));
  const journalFile = join(folder, 'drizzle', 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(journalFile, 'utf8'));
  writeSample(join(folder, 'drizzle'));
  writeFileSync(journalFile, JSON.stringify({ ...journal, entries: [...journal.entries, sampleEntry] }));
  return join(folder, 'src', 'main.ts');
}
