import { setTimeout as sleep } from 'node:timers/promises';
import { dayLockKey } from '#ledger/open-day.ts';
import type { PoolClient } from '#platform/postgres.ts';
import { StartError } from '#platform/start-error.ts';

/** Who archives or restores has it; any number will do, as long as every instance takes the same. */
const archiveLock = 4_600_000_004n;

/** Throws StartError where somebody archives or restores already: the two would write one file, or one partition. */
export async function takeTurn(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [
    archiveLock,
  ]);
  if (!rows[0]?.mine)
    throw new StartError(
      '归档或恢复正在进行 Somebody archives or restores already: wait for the end of that.',
    );
}

/** So long every terminal waits at the most, each time it is tried. */
const tryMs = { groups: 500, readers: 100 } as const;
const triesMax = 40;
const pauseMs = 500;

/**
 * Waits until no group is under way and nobody reads the journal, and keeps it so until the transaction ends: a group
 * that has found an original finds its legs too. A verification or a backup that reads is waited for for half a minute,
 * between the tries the service goes on.
 */
export async function lockJournalAlone(client: PoolClient): Promise<void> {
  for (let tries = 1; ; tries++) {
    await client.query('savepoint before_locks');
    try {
      await client.query(`set local lock_timeout = ${tryMs.groups}`);
      await client.query('select pg_advisory_xact_lock($1)', [dayLockKey]);
      await client.query(`set local lock_timeout = ${tryMs.readers}`);
      await client.query('lock table only ledger.postings, only ledger.entries in access exclusive mode');
      return;
    } catch (error) {
      // 55P03: a lock was not to be had in time.
      if ((error as { code?: string }).code !== '55P03') throw error;
      await client.query('rollback to savepoint before_locks');
      if (tries >= triesMax)
        throw new StartError(
          '账本正被核对或备份读取 The journal is being read, by a verification or a backup: nothing has changed, try again after it.',
          { cause: error },
        );
      await sleep(pauseMs);
    }
  }
}
