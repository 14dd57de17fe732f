import type { Session, Statement } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { StartError } from '#platform/start-error.ts';

const claim: Statement = {
  name: 'service-claim-key',
  text: `update platform.data_set set key_check_value = coalesce(key_check_value, $1) returning id, key_check_value`,
};

/**
 * Which data set this is. The first instance leaves its master key's check value; an instance with another key
 * could not find a card or open a terminal's key, so it refuses to start.
 */
export async function claimDataSet(owner: Session, secrets: Secrets): Promise<string> {
  const row = (await owner.run(claim, [secrets.keyCheckValue()])).rows[0];
  if (row === undefined)
    throw new StartError('The database has lost its identity row: restore platform.data_set.');
  if (row[1] !== secrets.keyCheckValue()) {
    throw new StartError('The database was set up with another master key: set MASTER_KEY to that one.');
  }
  return row[0] as string;
}
