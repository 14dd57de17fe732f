import type { Queue } from '#settlement/live/queues.ts';

/** How old a batch is in this state: since its proposal was decided, or made. */
const batchesIn = (name: string, { state, since }: { state: string; since: string }): Queue => ({
  name,
  statement: {
    name: `disbursements-queue-${name}`,
    text: `select count(*), coalesce(extract(epoch from clock_timestamp() - min(p.${since})), 0)::bigint
      from disbursements.batches b left join access.proposals p on p.id = b.proposal_id
      where b.state = '${state}'`,
  },
});

/** Files of subsidies that are being paid, and those that wait for their second person. */
export const disbursementQueues: readonly Queue[] = [
  batchesIn('subsidy-runs', { state: 'running', since: 'decided_at' }),
  batchesIn('subsidy-approvals', { state: 'proposed', since: 'made_at' }),
];
