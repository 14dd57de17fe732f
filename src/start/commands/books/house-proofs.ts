import { accessProofs } from '#access/proofs/proposals.ts';
import { billProofs } from '#bills/proofs/payments.ts';
import { cardProofs } from '#cards/proofs/cards.ts';
import { disbursementProofs } from '#disbursements/proofs/batches.ts';
import { loadOrderProofs } from '#load-orders/proofs/orders.ts';
import type { Statement } from '#platform/postgres.ts';
import { terminalProofs } from '#terminals/proofs/batches.ts';
import { webhookProofs } from '#webhooks/proofs/messages.ts';

/** What the rooms around the books say that their rows must be, stage by stage. */
export const houseProofs: readonly (readonly [stage: string, proofs: readonly Statement[]])[] = [
  ['bills', billProofs],
  ['load orders', loadOrderProofs],
  ['subsidies', disbursementProofs],
  ['four eyes', accessProofs],
  ['cards', cardProofs],
  ['terminals', terminalProofs],
  ['webhooks', webhookProofs],
];
