import { addSpans } from '#ledger/partitions/add-spans.ts';
import { readBackup, restoreBackup } from '#platform/backup/restore-backup.ts';
import type { Config } from '#platform/config.ts';
import { hasCluster } from '#platform/embedded/data-folder.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.ts';
import { hasMasterKey, openSecrets } from '#platform/secrets.ts';
import { StartError } from '#platform/start-error.ts';
import { progressBar } from '#start/commands/progress/progress-bar.ts';
import { backupConnections } from './backup-books.ts';
import { booksFacts } from './books-facts.ts';
import { type Told, verifyBooks } from './verify-books.ts';

/** Where the books go: an empty database, or a data folder without one. */
export interface RestoreTo {
  readonly folder: string;
  readonly url: string | undefined;
  readonly dataDir: string | undefined;
  readonly verify: boolean;
}

/**
 * While nothing else is in the server, what is loaded needs no log: a file that is new in a transaction is on the disk
 * before the commit. fsync stays on. The next start has the usual settings.
 */
const settingsOfRestore = {
  ...{ wal_level: 'minimal', max_wal_senders: '0', max_wal_size: '8GB', checkpoint_timeout: '30min' },
  ...{ autovacuum: 'off', max_parallel_maintenance_workers: '2' },
};
const sharedBuffersMb = 1024;

/** Restores a backup; with `verify` the books are then recomputed. Whether they are right. */
export async function restoreBooks(config: Config, to: RestoreTo, told: Told): Promise<boolean> {
  const keyCheckValue = keyOf(config, to);
  // Before a database is made that would be in the way of the next try.
  readBackup({ folder: to.folder, keyCheckValue });
  const target = await openTarget(to);
  const startedMs = performance.now();
  const bar = progressBar(told.progress);
  try {
    const manifest = await restoreBackup({
      url: target.url,
      folder: to.folder,
      connections: backupConnections,
      keyCheckValue,
      facts: booksFacts,
      remake: addSpans,
      onTable: (_, done, total) => bar.show('restore', done, total),
    });
    bar.end();
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    told.say(
      `恢复完成。Restored ${rows.toLocaleString('en')} rows in ${seconds} s, as of ${manifest.takenAt}: checksums, rows and sums agree.\n`,
    );
  } finally {
    await target.stop();
  }
  const configured = { ...config, databaseUrl: to.url, dataDir: to.dataDir ?? config.dataDir };
  if (to.verify) return verifyBooks(configured, told);
  told.say(
    `Now prove the books: ${to.url === undefined ? `DATA_DIR=${to.dataDir}` : 'DATABASE_URL=…'} npm run verify\n`,
  );
  return true;
}

/** The check value of the key that is there. None is made up: a new one could open nothing of the backup. */
function keyOf(config: Config, { dataDir }: RestoreTo): string {
  const folder = dataDir ?? config.dataDir ?? '/nowhere';
  if (!hasMasterKey({ masterKeyHex: config.masterKeyHex, dataDir: folder }))
    throw new StartError(
      '没有主密钥。There is no master key: set MASTER_KEY, or put master.key into the data folder first. It is in no backup.',
    );
  return openSecrets({ masterKeyHex: config.masterKeyHex, dataDir: folder }).keyCheckValue();
}

async function openTarget({ url, dataDir }: RestoreTo): Promise<{ url: string; stop(): Promise<void> }> {
  if (url !== undefined) return { url, stop: async () => undefined };
  if (dataDir === undefined) throw new Error('neither a database nor a data folder was named');
  if (hasCluster(dataDir))
    throw new StartError(
      `${dataDir} 中已有数据库。There is a database in ${dataDir} already: name a new folder.`,
    );
  return startEmbeddedPostgres({ dataDir, sharedBuffersMb, extraSettings: settingsOfRestore });
}
