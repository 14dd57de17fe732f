import { setTimeout as sleep } from 'node:timers/promises';
import type { Session, Statement } from '#platform/postgres.ts';

const add: Statement = {
  name: 'ledger-add-partitions-ahead',
  text: 'select ledger.add_partitions_ahead($1)',
};

/** A week: longer than any holiday on which nobody looks. */
const daysAhead = 7;

/**
 * Makes the partitions of the days to come and gives how many were missing, so that a cut-off finds its own ready.
 * Whoever made some tells of them once more (`tellPartitions`).
 */
export async function addPartitionsAhead(session: Session, days: number = daysAhead): Promise<number> {
  const open = await session.run({
    name: 'ledger-has-open-day',
    text: 'select from ledger.business_days where closed_at is null',
  });
  if (open.rowCount === 0) return 0;
  return (await session.run(add, [days])).rows[0]?.[0] as number;
}

const tell: Statement = { name: 'ledger-tell-partitions', text: 'select ledger.tell_partitions()' };

/** So long a session may take to read which partitions there are: it is some milliseconds for years of them. */
const readingMs = 50;

/**
 * Tells every session which partitions there are, a moment after one was made: a session that was reading them just
 * then may else not know it until the next one is made, and finds no posting of its day (migration 0050).
 */
export async function tellPartitions(session: Session): Promise<void> {
  await sleep(readingMs);
  await session.run(tell);
}

/** Makes the partitions of the day after the open one, if nobody has, and ends when every session knows them. */
export async function readyNextDay(session: Session): Promise<void> {
  if ((await addPartitionsAhead(session, 1)) > 0) await tellPartitions(session);
}
