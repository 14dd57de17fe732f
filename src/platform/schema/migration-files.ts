import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One file of the folder, with what drizzle's journal calls it. */
export interface Migration {
  readonly tag: string;
  /** The journal's `when`: what the database remembers it by. */
  readonly when: number;
  readonly sql: string;
  readonly hash: string;
}

interface Journal {
  readonly entries: readonly { readonly tag: string; readonly when: number }[];
}

/** The migrations of a folder as drizzle-kit lays it out, in the order of its journal. */
export function readMigrations(folder: string): Migration[] {
  const journal = JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8')) as Journal;
  return journal.entries.map(({ tag, when }) => {
    const sql = readFileSync(join(folder, `${tag}.sql`), 'utf8');
    return { tag, when, sql, hash: createHash('sha256').update(sql).digest('hex') };
  });
}
