import { billQueues } from '#bills/proofs/queues.ts';
import { disbursementQueues } from '#disbursements/proofs/queues.ts';
import { loadOrderQueues } from '#load-orders/proofs/queues.ts';
import { type Queue, unsealedDays } from '#settlement/live/queues.ts';
import { webhookQueues } from '#webhooks/proofs/queues.ts';

/** Whatever waits in the house for somebody or something, room by room. */
export const houseQueues: readonly Queue[] = [
  ...billQueues,
  ...loadOrderQueues,
  ...disbursementQueues,
  ...webhookQueues,
  unsealedDays,
];
