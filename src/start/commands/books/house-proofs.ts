import { accessProofs } from '#access/proofs/proposals.ts';
import { billProofs, billsLeftOut } from '#bills/proofs/payments.ts';
import { cardProofs } from '#cards/proofs/cards.ts';
import { disbursementProofs, subsidiesLeftOut } from '#disbursements/proofs/batches.ts';
import { loadOrderProofs, loadOrdersLeftOut } from '#load-orders/proofs/orders.ts';
import type { StageChecks } from '#settlement/verify/wrong.ts';
import { terminalProofs, terminalsLeftOut } from '#terminals/proofs/batches.ts';
import { webhookProofs, webhooksLeftOut } from '#webhooks/proofs/messages.ts';

/** What the rooms around the books say that their rows must be, stage by stage, and how many lie in archived days. */
export const houseProofs: readonly StageChecks[] = [
  ['bills', billProofs, billsLeftOut],
  ['load orders', loadOrderProofs, loadOrdersLeftOut],
  ['subsidies', disbursementProofs, subsidiesLeftOut],
  ['four eyes', accessProofs],
  ['cards', cardProofs],
  ['terminals', terminalProofs, terminalsLeftOut],
  ['webhooks', webhookProofs, webhooksLeftOut],
];
