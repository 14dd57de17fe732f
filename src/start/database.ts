import { join } from 'node:path';
import type { Config } from '#platform/config.ts';
import { defaultDataDir } from '#platform/embedded/data-folder.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.ts';

/** The database that the service works on, and the folder for what does not belong into it. */
export interface Database {
  readonly url: string;
  readonly dataDir: string;
  readonly embedded: boolean;
  stop(): Promise<void>;
}

/** The database of DATABASE_URL, or one of our own in the data folder. */
export async function openDatabase(config: Config): Promise<Database> {
  const dataDir = config.dataDir ?? defaultDataDir(join(import.meta.dirname, '../..'));
  if (config.databaseUrl !== undefined) {
    return { url: config.databaseUrl, dataDir, embedded: false, stop: async () => undefined };
  }
  const server = await startEmbeddedPostgres({ dataDir });
  return { url: server.url, dataDir, embedded: true, stop: server.stop };
}
