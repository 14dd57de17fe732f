import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '#platform/rules/parse-json.ts';
import { StartError } from '#platform/start-error.ts';

/** A table of the backup: where its rows are, and what a database needs that never had it. */
const tableShape = z.object({
  schema: z.string(),
  name: z.string(),
  /** Every column that is stored, in the order of the file. */
  columns: z.array(z.string()).min(1),
  /** `name type`, as a table is made of them. */
  columnDefinitions: z.array(z.string()),
  /** Such as `fillfactor=70`. */
  storage: z.array(z.string()),
  /** The table of which it is a partition, and which part; null for a table of its own. */
  partition: z.object({ schema: z.string(), parent: z.string(), bound: z.string() }).nullable(),
  /** What is built when the rows are in: `alter table … add constraint …`, `create index …`, `create trigger …`. */
  constraints: z.array(z.string()),
  indexes: z.array(z.string()),
  triggers: z.array(z.string()),
  /** Sums of all columns in fen, to compare with. */
  sums: z.record(z.string(), z.string()),
  rows: z.number().int().nonnegative(),
  file: z.string().regex(/^[\w.-]+$/),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const manifestShape = z.object({
  format: z.literal(1),
  /** When the snapshot was taken: everything that was answered before is in it. */
  takenAt: z.string(),
  seconds: z.number(),
  serverVersion: z.string(),
  /** The migrations that the database had seen, by drizzle's journal. */
  migrations: z.array(z.number().int()).min(1),
  /** What tells master keys apart; the key itself is in no backup. Null where none was ever used. */
  keyCheckValue: z.string().nullable(),
  /** What people want to know of it: the open day, the heads of the chains. */
  facts: z.record(z.string(), z.string()),
  sequences: z.array(
    z.object({ schema: z.string(), name: z.string(), lastValue: z.string(), isCalled: z.boolean() }),
  ),
  tables: z.array(tableShape),
});

export type BackedUpTable = z.infer<typeof tableShape>;
export type Manifest = z.infer<typeof manifestShape>;

const fileName = 'manifest.json';

/** Written last and moved to its name when it is on the disk: a folder without it is no backup. */
export function writeManifest(folder: string, manifest: Manifest): void {
  const beside = join(folder, `${fileName}.new`);
  writeFileSync(beside, `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600, flush: true });
  renameSync(beside, join(folder, fileName));
  syncFolder(folder);
}

/** Throws StartError for a folder that is no whole backup, or one that a newer version made. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, fileName);
  if (!existsSync(file))
    throw new StartError(
      `文件夹 ${folder} 中没有完整的备份。There is no whole backup in ${folder}: ${fileName} is missing, which is written last.`,
    );
  const read = parseJson(readFileSync(file, 'utf8'));
  const parsed = manifestShape.safeParse('json' in read ? read.json : null);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new StartError(`The manifest of ${folder} is none that this version reads (${where}).`);
}

/** A name in a folder is durable only when the folder is. */
export function syncFolder(folder: string): void {
  for (const path of [folder, dirname(folder)]) {
    const open = openSync(path, 'r');
    fsyncSync(open);
    closeSync(open);
  }
}
