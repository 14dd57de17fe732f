import { closedLoop } from './closed-loop.ts';
import { type Measured, metered } from './figures/measured.ts';
import { buildUsual, usualCard, usualTerminal, usualTotalFen } from './usual/build.ts';
import { openUsual, payTheUsualWay, type UsualDatabase, type UsualPayment } from './usual/pay.ts';
import { openingTotalFen, type Payment, poorFrom, traffic } from './workload.ts';
import type { World } from './world.ts';

/** The fastest of 4, 10, 20 and 32 at 32 in flight, measured on two cores. */
export const usualConnections = 20;

/** The usual town, in the same database. */
export async function buildUsualTown(world: World): Promise<void> {
  await buildUsual(world.owner, { ...traffic, poorFrom: poorFrom(traffic.cards) });
}

/** The usual way in this process, as our path is measured too. */
export function openUsualWay(world: World): UsualDatabase {
  const db = openUsual(world.url, usualConnections);
  world.onClose(() => db.$client.end());
  return db;
}

/** Measures one interactive drizzle transaction a payment, and checks the books after. */
export async function measureUsual(
  world: World,
  db: UsualDatabase,
  load: { readonly inFlight: number; readonly seconds: number },
): Promise<Measured> {
  const meters = { postgresPid: world.postgresPid, nodePid: process.pid, redisPid: null };
  const measured = await metered(meters, () =>
    closedLoop({
      ...load,
      sequence: world.sequence,
      pay: async (payment) => {
        const { status, reason, replay } = await payTheUsualWay(db, usualPayment(payment));
        if (status !== 'approved' && reason !== 'insufficient-funds')
          throw new Error(`a payment was declined for ${reason}`);
        return { declined: status === 'declined', replay };
      },
    }),
  );
  await checkUsualBooks(world);
  return measured;
}

/** A payment of the workload as the usual service gets it. */
export function usualPayment(payment: Payment): UsualPayment {
  return {
    idempotencyKey: `payment-${payment.n}`,
    cardNumber: usualCard(payment.card),
    terminalNumber: usualTerminal(payment.merchant),
    amount: payment.amountFen / 100,
  };
}

/** All accounts together have what there was at the start. */
export async function checkUsualBooks(world: World): Promise<void> {
  const total = await usualTotalFen(world.owner);
  if (total !== openingTotalFen())
    throw new Error(`wrong money the usual way: ${total} fen where ${openingTotalFen()} are due`);
}
