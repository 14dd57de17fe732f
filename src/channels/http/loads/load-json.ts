import { formatTransactionId } from '#channels/http/wire/transaction-id.ts';
import type { Order } from '#load-orders/store.ts';
import { fenToJson } from '#money/fen.ts';

/** A load as its holder sees it. */
export function loadJson(of: Order): object {
  const { id, cardAccountId, entryId, state, reason, amountFen, purse, createdAtMs } = of;
  return {
    loadId: String(id),
    state,
    reason,
    amount: fenToJson(amountFen),
    currency: 'CNY',
    purse,
    transactionId: entryId === null ? null : formatTransactionId({ cardAccountId, id: entryId }),
    createdAt: new Date(createdAtMs).toISOString(),
  };
}
