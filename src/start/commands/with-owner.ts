import type { Config } from '#platform/config.ts';
import { openOwnerPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { migrate } from '#platform/schema/migrate.ts';
import type { Secrets } from '#platform/secrets.ts';
import { openExistingDatabase } from '#start/database.ts';
import { claimDataSet, openBooksSecrets } from '#start/identity.ts';

/**
 * Does what only the books' owner may, at the machine: on the configured database, brought up to date, once its master
 * key is proved. Throws StartError where there is no database yet, or for another master key.
 */
export async function withOwner<T>(
  config: Config,
  work: (owner: Pool, secrets: Secrets) => Promise<T>,
): Promise<T> {
  const database = await openExistingDatabase(config);
  let owner: Pool | undefined;
  try {
    const secrets = await openBooksSecrets(config, database);
    await migrate(database.url);
    owner = openOwnerPool(database.url);
    await claimDataSet(sessionOf(owner), secrets);
    return await work(owner, secrets);
  } finally {
    await owner?.end();
    await database.stop();
  }
}
