import type { Config } from '#platform/config.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { readKeyCheckValue } from '#platform/schema/migrate.ts';
import { hasMasterKey, openSecrets, type Secrets } from '#platform/secrets.ts';
import { StartError } from '#platform/start-error.ts';
import type { Database } from './database.ts';

const claim: Statement = {
  name: 'service-claim-key',
  text: `update platform.data_set set key_check_value = coalesce(key_check_value, $1) returning id, key_check_value`,
};

/**
 * The secrets for these books. A key is made only for books that are new: for others it would be a wrong one, and whoever
 * comes later would take it for theirs. Comes before anything else is written, migrations too. Throws StartError where
 * the key is missing or another.
 */
export async function openBooksSecrets(config: Config, { url, dataDir }: Database): Promise<Secrets> {
  const source = { masterKeyHex: config.masterKeyHex, dataDir };
  const known = await readKeyCheckValue(url);
  if (known !== null && !hasMasterKey(source))
    throw new StartError(
      `The database was set up with a master key that is not in ${dataDir}: set MASTER_KEY, or put master.key there.`,
    );
  const secrets = openSecrets(source);
  if (known !== null) requireSameKey(known, secrets);
  return secrets;
}

function requireSameKey(known: unknown, secrets: Secrets): void {
  if (known !== secrets.keyCheckValue())
    throw new StartError('The database was set up with another master key: set MASTER_KEY to that one.');
}

/**
 * Which data set this is. The first instance leaves its master key's check value; an instance with another key
 * could not find a card or open a terminal's key, so it refuses to start.
 */
export async function claimDataSet(owner: Session, secrets: Secrets): Promise<string> {
  const row = (await owner.run(claim, [secrets.keyCheckValue()])).rows[0];
  if (row === undefined)
    throw new StartError('The database has lost its identity row: restore platform.data_set.');
  requireSameKey(row[1], secrets);
  return row[0] as string;
}
