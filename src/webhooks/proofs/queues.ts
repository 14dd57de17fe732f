import { idTimeMsSql } from '#platform/ids.ts';
import type { Queue } from '#settlement/live/queues.ts';
import { isListeningSql } from '#webhooks/feed/listening.ts';

/** What participants wait to be told. */
export const webhookQueues: readonly Queue[] = [
  {
    // Groups that were committed and that nobody has read for participants yet; none where nobody listens.
    name: 'webhook-events',
    statement: {
      name: 'webhooks-queue-events',
      text: `select coalesce(sum(h.sequence - b.sequence), 0)::bigint,
          coalesce((extract(epoch from clock_timestamp()) * 1000 - min(${idTimeMsSql('g.first_id')})) / 1000, 0)::bigint
        from ledger.lanes l
        left join webhooks.lanes w on w.lane = l.lane
        cross join lateral (
          select greatest(coalesce(w.sequence, 0), min(coalesce(e.from_sequences[l.lane + 1], 0))) as sequence
          from webhooks.endpoints e
          where ${isListeningSql}
          having count(*) > 0) b
        cross join lateral (
          select sequence from ledger.groups where bucket = l.bucket and lane = l.lane
          order by sequence desc limit 1) h
        join ledger.groups g on g.bucket = l.bucket and g.lane = l.lane and g.sequence = b.sequence + 1`,
    },
  },
  {
    // What is due and was not sent: our own lateness, not that of an endpoint that does not answer.
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
