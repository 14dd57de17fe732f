import type { Session, Statement } from '#platform/postgres.ts';
import type { QueueAge } from './lamp.ts';

/**
 * A queue of a room: a name, and a statement that gives one row, how many wait and for how many seconds the first
 * does. Rooms above settlement hand theirs in where the service is put together.
 */
export interface Queue {
  readonly name: string;
  readonly statement: Statement;
}

/** Closed days that nobody sealed: their participants cannot be paid. */
export const unsealedDays: Queue = {
  name: 'unsealed-days',
  statement: {
    name: 'settlement-queue-unsealed-days',
    text: `select count(*), coalesce(extract(epoch from clock_timestamp() - min(closed_at)), 0)::bigint
      from ledger.business_days d
      where closed_at is not null
        and not exists (select from settlement.seals s where s.business_date = d.business_date)`,
  },
};

export async function readQueues(session: Session, queues: readonly Queue[]): Promise<QueueAge[]> {
  const ages: QueueAge[] = [];
  for (const { name, statement } of queues) {
    const [row] = (await session.run(statement)).rows as [bigint, bigint][];
    // A clock that was set back makes nothing younger than new.
    const oldestSeconds = Math.max(0, Number(row?.[1] ?? 0));
    ages.push({ name, waiting: Number(row?.[0] ?? 0), oldestSeconds });
  }
  return ages;
}
