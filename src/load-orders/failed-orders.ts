import { type Waiting, waitingOf, waitingSql } from '#platform/limits/waiting.ts';
import type { Session, Statement } from '#platform/postgres.ts';

const failed: Statement = {
  name: 'load-orders-count-failed',
  text: waitingSql(`select changed_at from load_orders.orders where state = 'failed'`),
};

/** Loads that stopped between the bank and the purse and wait for people. */
export async function countFailedOrders(session: Session): Promise<Waiting> {
  return waitingOf((await session.run(failed)).rows);
}
