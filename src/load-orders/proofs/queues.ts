import type { Queue } from '#settlement/live/queues.ts';

/** Loads of which a bank, or the way back, has not been heard to its end. */
export const loadOrderQueues: readonly Queue[] = [
  {
    name: 'load-orders',
    statement: {
      name: 'load-orders-queue',
      text: `select count(*), coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::bigint
        from load_orders.orders where state in ('requested', 'debited', 'returning')`,
    },
  },
];
