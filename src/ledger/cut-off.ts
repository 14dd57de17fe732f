import { inTransaction, type Pool, type Session, type Statement, sessionOf } from '#platform/postgres.ts';
import { dayLockKey } from './open-day.ts';
import { readyNextDay } from './partitions/add-ahead.ts';

/** What became of a cut-off: made now, not possible because the day is not open (any more), or too busy. */
export type CutOff = 'made' | 'not-open' | 'busy';

// While we wait for the groups that are under way, later ones wait behind us. So one try is short: a group
// whose process is frozen must not hold up every terminal until the server ends it.
export const usualLimits: CutOffLimits = { tryMs: 2_000, triesMax: 5, pauseMs: 200 };

/** How long a cut-off waits for groups under way, how often, and how long it lets others pass in between. */
interface CutOffLimits {
  readonly tryMs: number;
  readonly triesMax: number;
  readonly pauseMs: number;
  /** What is written with a cut-off that is made, as the last of its transaction. */
  readonly record?: (session: Session) => Promise<void>;
}

/**
 * Moves the books from one business day to the next without stopping service: sees that the next day has its
 * partitions, which it mostly has, waits for the groups under way, closes the day, opens the next, and records where each lane's chain stands. Who posts meanwhile waits for
 * milliseconds and is then in the new day. Busy after about ten seconds; nothing has happened then.
 */
export async function cutOff(pool: Pool, businessDate: string, limits = usualLimits): Promise<CutOff> {
  for (let tries = 1; ; tries++) {
    try {
      await readyNextDay(sessionOf(pool));
      return await inTransaction(pool, async (client) => {
        await client.query(`set local lock_timeout = ${limits.tryMs}`);
        const made = await moveOn(sessionOf(client), businessDate);
        if (made === 'made') await limits.record?.(sessionOf(client));
        return made;
      });
    } catch (error) {
      // 55P03: the lock was not to be had in time.
      if ((error as { code?: string }).code !== '55P03') throw error;
      if (tries >= limits.triesMax) return 'busy';
      await new Promise((resolve) => setTimeout(resolve, limits.pauseMs));
    }
  }
}

async function moveOn(session: Session, businessDate: string): Promise<CutOff> {
  await session.run(lockAlone, [dayLockKey]);
  // From here on no group is under way: each statement sees all that was posted to the day.
  const closed = await count(session, close, businessDate);
  if (closed === 0) return 'not-open';
  const opened = await count(session, openNext, businessDate);
  if (closed !== 1 || opened !== 1) throw new Error('a cut-off closes one day and opens one');
  await session.run(recordHeads, [businessDate]);
  return 'made';
}

async function count(session: Session, statement: Statement, businessDate: string): Promise<number> {
  return (await session.run(statement, [businessDate])).rowCount;
}

const lockAlone: Statement = {
  name: 'ledger-lock-day-alone',
  text: 'select pg_advisory_xact_lock($1::bigint)',
};

// The clock, not the transaction's time: the transaction may have begun before the cut-off it waited for.
const close: Statement = {
  name: 'ledger-close-day',
  text: `update ledger.business_days set closed_at = clock_timestamp()
    where business_date = $1 and closed_at is null`,
};

// After days without a cut-off the books come back to the calendar.
const openNext: Statement = {
  name: 'ledger-open-next-day',
  text: `insert into ledger.business_days (business_date, opened_at)
    select greatest(business_date + 1, (closed_at at time zone 'Asia/Shanghai')::date), closed_at
    from ledger.business_days where business_date = $1`,
};

// One probe of the index per lane, whatever the length of the chains.
const recordHeads: Statement = {
  name: 'ledger-record-heads',
  text: `insert into ledger.day_seals (business_date, lane, sequence, hash)
    select $1::date, l.lane, g.sequence, g.hash from ledger.lanes l
    cross join lateral (
      select sequence, hash from ledger.groups where bucket = l.bucket and lane = l.lane
      order by sequence desc limit 1) g`,
};
