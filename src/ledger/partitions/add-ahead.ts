import type { Session, Statement } from '#platform/postgres.ts';

const add: Statement = {
  name: 'ledger-add-partitions-ahead',
  text: 'select ledger.add_partitions_ahead($1)',
};

/** A week: longer than any holiday on which nobody looks. */
export const daysAhead = 7;

/**
 * Makes the partitions of the days to come and gives how many were missing, so that a cut-off finds its own ready. A
 * day that is opened without is given them then, which takes milliseconds more.
 */
export async function addPartitionsAhead(session: Session, days: number = daysAhead): Promise<number> {
  const open = await session.run({
    name: 'ledger-has-open-day',
    text: 'select from ledger.business_days where closed_at is null',
  });
  if (open.rowCount === 0) return 0;
  return (await session.run(add, [days])).rows[0]?.[0] as number;
}
