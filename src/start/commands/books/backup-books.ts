import { availableParallelism } from 'node:os';
import { takeBackup } from '#platform/backup/take-backup.ts';
import type { Config } from '#platform/config.ts';
import { progressBar } from '#start/commands/progress/progress-bar.ts';
import { openExistingDatabase } from '#start/database.ts';
import { booksFacts } from './books-facts.ts';
import type { Told } from './verify-books.ts';

const connectionsMax = 4;

/** So many tables at once, read or loaded. */
export const backupConnections = Math.min(connectionsMax, Math.max(2, availableParallelism()));

/** Backs the configured database up into a new folder, beside the running service. */
export async function backupBooks(config: Config, folder: string, { say, progress }: Told): Promise<void> {
  const database = await openExistingDatabase(config);
  const bar = progressBar(progress);
  try {
    const manifest = await takeBackup({
      url: database.url,
      folder,
      connections: backupConnections,
      facts: booksFacts,
      onTable: (_, done, total) => bar.show('backup', done, total),
    });
    bar.end();
    const bytes = manifest.tables.reduce((sum, table) => sum + table.bytes, 0);
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    say(
      [
        `备份完成。Backed up to ${folder} in ${manifest.seconds.toFixed(1)} s:`,
        `  ${rows.toLocaleString('en')} rows of ${manifest.tables.length} tables in ${megabytes(bytes)} MB, as of ${manifest.takenAt}`,
        ...Object.entries(manifest.facts).map(([name, fact]) => `  ${name}: ${shortened(fact)}`),
        '  The master key is not in it: keep MASTER_KEY (or master.key of the data folder) somewhere else.',
        '',
      ].join('\n'),
    );
  } finally {
    await database.stop();
  }
}

const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1);

const shownMax = 60;
const shortened = (text: string) => (text.length > shownMax ? `${text.slice(0, shownMax)}…` : text);
