import type { Queue } from '#settlement/live/queues.ts';

/** What is due and was not sent yet, and how long the first of it has been due: our own lateness, nobody else's. */
export const webhookQueues: readonly Queue[] = [
  {
    name: 'webhooks',
    statement: {
      name: 'webhooks-queue',
      text: `select count(*), coalesce(extract(epoch from clock_timestamp() - min(m.next_attempt_at)), 0)::bigint
        from webhooks.endpoints e join webhooks.messages m on m.endpoint_id = e.id
        where e.state = 'active' and e.held_until <= clock_timestamp()
          and m.state = 'waiting' and m.next_attempt_at <= clock_timestamp()`,
    },
  },
];
