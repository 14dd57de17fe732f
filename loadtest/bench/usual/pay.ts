import { setTimeout as sleep } from 'node:timers/promises';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import {
  accounts,
  cards,
  dailySpending,
  entries,
  idempotencyKeys,
  merchants,
  productLimits,
  terminals,
  transactions,
} from './tables.ts';

/** A payment as the usual service gets it. */
export interface UsualPayment {
  readonly idempotencyKey: string;
  readonly cardNumber: string;
  readonly terminalNumber: string;
  /** In yuan. */
  readonly amount: number;
}

export interface UsualAnswer {
  readonly transactionId: string;
  readonly status: string;
  readonly reason: string | null;
  readonly replay: boolean;
}

export type UsualDatabase = NodePgDatabase & { $client: pg.Pool };
type Tx = Parameters<Parameters<UsualDatabase['transaction']>[0]>[0];
type Parties = Awaited<ReturnType<typeof findParties>>;

const attemptsMax = 20;
const retryPauseMsMax = 20;
/** Serialization failure, deadlock, and a key that another request has just taken. */
const passing = ['40001', '40P01', '23505'];

export function openUsual(url: string, connectionsMax: number): UsualDatabase {
  const pool = new pg.Pool({ connectionString: url, max: connectionsMax, idleTimeoutMillis: 0 });
  pool.on('error', () => undefined);
  return drizzle({ client: pool });
}

/** The usual way: one interactive transaction a payment, run again when it collides with another. */
export async function payTheUsualWay(db: UsualDatabase, payment: UsualPayment): Promise<UsualAnswer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction((tx) => payOnce(tx, payment));
    } catch (error) {
      if (attempt >= attemptsMax || !passing.includes(codeOf(error))) throw error;
      await sleep(Math.random() * retryPauseMsMax);
    }
  }
}

async function payOnce(tx: Tx, payment: UsualPayment): Promise<UsualAnswer> {
  const [known] = await tx
    .select({ transactionId: transactions.id, status: transactions.status, reason: transactions.reason })
    .from(idempotencyKeys)
    .innerJoin(transactions, eq(transactions.id, idempotencyKeys.transactionId))
    .where(eq(idempotencyKeys.key, payment.idempotencyKey));
  if (known !== undefined) return { ...known, replay: true };
  const parties = await findParties(tx, payment);
  const reason = await refusalOf(tx, payment, parties);
  const [made] = await tx
    .insert(transactions)
    .values({
      cardId: parties.card.id,
      merchantId: parties.merchant.id,
      terminalId: parties.terminal.id,
      amount: payment.amount,
      status: reason === null ? 'approved' : 'declined',
      reason,
    })
    .returning({ transactionId: transactions.id, status: transactions.status });
  if (made === undefined) throw new Error('no transaction was inserted');
  if (reason === null) await moveMoney(tx, payment, { ...parties, transactionId: made.transactionId });
  await tx.insert(idempotencyKeys).values({ key: payment.idempotencyKey, transactionId: made.transactionId });
  return { ...made, reason, replay: false };
}

async function findParties(tx: Tx, payment: UsualPayment) {
  const [card] = await tx.select().from(cards).where(eq(cards.cardNumber, payment.cardNumber));
  const [found] = await tx
    .select()
    .from(terminals)
    .innerJoin(merchants, eq(merchants.id, terminals.merchantId))
    .where(eq(terminals.terminalNumber, payment.terminalNumber));
  if (card === undefined || found === undefined) throw new Error('an unknown card or terminal');
  return { card, terminal: found.terminals, merchant: found.merchants };
}

/** Locks both accounts, in the order of their ids, and says why the payment may not be. */
async function refusalOf(
  tx: Tx,
  payment: UsualPayment,
  { card, terminal, merchant }: Parties,
): Promise<string | null> {
  if (terminal.status !== 'active' || merchant.status !== 'active') return 'merchant-not-active';
  if (card.status !== 'active' || card.expiresOn < today()) return 'card-not-active';
  const locked = await tx
    .select()
    .from(accounts)
    .where(inArray(accounts.id, [card.accountId, merchant.accountId]))
    .orderBy(asc(accounts.id))
    .for('update');
  const [limit] = await tx.select().from(productLimits).where(eq(productLimits.product, card.product));
  const [spending] = await tx
    .select()
    .from(dailySpending)
    .where(and(eq(dailySpending.cardId, card.id), eq(dailySpending.day, today())));
  if (limit === undefined || payment.amount > limit.perPayment) return 'over-payment-limit';
  if ((spending?.spent ?? 0) + payment.amount > limit.perDay) return 'over-day-limit';
  const purse = locked.find((account) => account.id === card.accountId);
  return purse === undefined || purse.balance < payment.amount ? 'insufficient-funds' : null;
}

async function moveMoney(
  tx: Tx,
  { amount }: UsualPayment,
  to: Parties & { transactionId: string },
): Promise<void> {
  const { card, merchant, transactionId } = to;
  const purseAfter = await addTo(tx, card.accountId, -amount);
  const payableAfter = await addTo(tx, merchant.accountId, amount);
  await tx.insert(entries).values([
    { transactionId, accountId: card.accountId, amount: -amount, balanceAfter: purseAfter },
    { transactionId, accountId: merchant.accountId, amount, balanceAfter: payableAfter },
  ]);
  await tx
    .insert(dailySpending)
    .values({ cardId: card.id, day: today(), spent: amount })
    .onConflictDoUpdate({
      target: [dailySpending.cardId, dailySpending.day],
      set: { spent: sql`${dailySpending.spent} + excluded.spent` },
    });
}

async function addTo(tx: Tx, id: string, amount: number): Promise<number> {
  const [after] = await tx
    .update(accounts)
    .set({ balance: sql`${accounts.balance} + ${amount.toFixed(2)}::numeric` })
    .where(eq(accounts.id, id))
    .returning({ balance: accounts.balance });
  if (after === undefined) throw new Error('an account that was locked is gone');
  return after.balance;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Drizzle wraps what PostgreSQL said. */
function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return code ?? cause?.code ?? '';
}
