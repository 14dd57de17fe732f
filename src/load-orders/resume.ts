import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { inTransaction, type Pool, sessionOf } from '#platform/postgres.ts';
import { afterResumption } from './rules/order.ts';
import { findOrder, moveOrder, type Order } from './store.ts';

/**
 * Takes an order that failed up again where it stopped; the schedule drives it. Null where there is none, or where it
 * has not failed: of two who resume it one does.
 */
export function resumeOrder(
  pool: Pool,
  of: { readonly bucket: number; readonly id: bigint },
  by: { readonly actor: Actor; readonly reason: string },
): Promise<Order | null> {
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    const order = await findOrder(session, of);
    if (order?.state !== 'failed') return null;
    const moved = await moveOrder(session, order, { ...afterResumption(order.reason), leaseMs: 0 });
    if (moved !== null)
      await recordAudit(session, [
        { actor: by.actor, act: 'load-order-resumed', subject: `load-order ${order.id}`, reason: by.reason },
      ]);
    return moved;
  });
}
