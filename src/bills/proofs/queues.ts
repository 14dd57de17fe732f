import { isUnfinishedSql } from '#bills/unfinished.ts';
import type { Queue } from '#settlement/live/queues.ts';

/** What of the bills waits for a utility. */
export const billQueues: readonly Queue[] = [
  {
    // Money that was taken and not written off yet, and cancellations that a utility has not heard.
    name: 'bills',
    statement: {
      name: 'bills-queue',
      text: `select count(*), coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::bigint
        from bills.payments
        where ${isUnfinishedSql}`,
    },
  },
  {
    name: 'day-files',
    statement: {
      name: 'bills-queue-day-files',
      text: `select count(*), coalesce(extract(epoch from clock_timestamp() - min(made_at)), 0)::bigint
        from bills.day_files where sent_at is null`,
    },
  },
];
