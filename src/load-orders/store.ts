import type { CardRef } from '#cards/store.ts';
import type { PackedKey } from '#idempotency/rules/keys.ts';
import { bucketOf, type Purse } from '#ledger/rules/accounts.ts';
import { type Fen, fen } from '#money/fen.ts';
import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { EarlierOrder } from './rules/due.ts';
import type { Move, OrderState } from './rules/order.ts';

/** An order as it stands, and when the books' clock said so. */
export interface Order {
  readonly id: bigint;
  readonly bucket: number;
  readonly cardAccountId: bigint;
  readonly cardId: bigint;
  readonly bindingId: bigint;
  readonly mandateId: bigint | null;
  readonly amountFen: Fen;
  readonly entryId: bigint | null;
  readonly createdAtMs: number;
  readonly attempts: number;
  readonly terminalId: number;
  readonly purse: Purse;
  readonly state: OrderState;
  readonly reason: string | null;
  readonly nowMs: number;
}

const ms = (moment: string) => `(extract(epoch from ${moment}) * 1000)::bigint`;
const columns = `o.id, o.bucket, o.card_account_id, o.card_id, o.binding_id, o.mandate_id, o.amount_fen, o.entry_id,
  ${ms('o.created_at')}, o.attempts, o.terminal_id, o.purse, o.state, o.reason, ${ms('clock_timestamp()')}`;

function orderOf(row: readonly unknown[]): Order {
  return {
    id: row[0] as bigint,
    bucket: row[1] as number,
    cardAccountId: row[2] as bigint,
    cardId: row[3] as bigint,
    bindingId: row[4] as bigint,
    mandateId: row[5] as bigint | null,
    amountFen: fen(row[6] as bigint),
    entryId: row[7] as bigint | null,
    createdAtMs: Number(row[8]),
    attempts: row[9] as number,
    terminalId: row[10] as number,
    purse: row[11] as Purse,
    state: row[12] as OrderState,
    reason: row[13] as string | null,
    nowMs: Number(row[14]),
  };
}

/** An order to keep: requested, or refused at once for a reason that was foreseen. */
export interface NewOrder {
  readonly card: CardRef;
  readonly bindingId: bigint;
  readonly mandateId: bigint | null;
  readonly amountFen: Fen;
  readonly purse: Purse;
  readonly terminalId: number;
  readonly callerKey: PackedKey;
  readonly reason: string | null;
  /** How long whoever keeps it drives it before anybody else does. */
  readonly leaseMs: number;
}

// What stands under the key already, or is the open order of the mandate, is left alone.
const insert: Statement = {
  name: 'load-orders-insert',
  text: `insert into load_orders.orders as o (id, bucket, card_account_id, card_id, binding_id, mandate_id, amount_fen,
      purse, terminal_id, caller_key, state, reason, due_at)
    select nextval('load_orders.ids'), n.bucket, n.account, n.card, n.binding, n.mandate, n.amount, n.purse, n.terminal,
      n.key, case when n.reason is null then 'requested' else 'refused' end, n.reason,
      clock_timestamp() + n.lease * interval '1 ms'
    from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[],
      $8::int[], $9::uuid[], $10::text[], $11::int[])
      n(bucket, account, card, binding, mandate, amount, purse, terminal, key, reason, lease)
    on conflict do nothing returning ${columns}`,
};

/** Keeps orders; those that are there already are not in the answer. */
export async function insertOrders(session: Session, orders: readonly NewOrder[]): Promise<Order[]> {
  const { rows } = await session.run(insert, [
    numberColumn(orders, (order) => order.card.bucket),
    numberColumn(orders, (order) => order.card.cardAccountId),
    numberColumn(orders, (order) => order.card.cardId),
    numberColumn(orders, (order) => order.bindingId),
    numberColumn(orders, (order) => order.mandateId),
    numberColumn(orders, (order) => order.amountFen),
    codeColumn(orders, (order) => order.purse),
    numberColumn(orders, (order) => order.terminalId),
    codeColumn(orders, (order) => order.callerKey),
    codeColumn(orders, (order) => order.reason),
    numberColumn(orders, (order) => order.leaseMs),
  ]);
  return rows.map(orderOf);
}

const byKey: Statement = {
  name: 'load-orders-by-key',
  text: `select ${columns} from load_orders.orders o where o.bucket = $1 and o.caller_key = $2`,
};

export async function findOrderByKey(
  session: Session,
  key: { readonly bucket: number; readonly callerKey: PackedKey },
): Promise<Order | null> {
  const row = (await session.run(byKey, [key.bucket, key.callerKey])).rows[0];
  return row === undefined ? null : orderOf(row);
}

const byId: Statement = {
  name: 'load-orders-by-id',
  text: `select ${columns} from load_orders.orders o where o.bucket = $1 and o.id = $2`,
};

export async function findOrder(
  session: Session,
  of: { readonly bucket: number; readonly id: bigint },
): Promise<Order | null> {
  const row = (await session.run(byId, [of.bucket, of.id])).rows[0];
  return row === undefined ? null : orderOf(row);
}

const open = `state in ('requested', 'debited', 'returning')`;

// Whoever claims an order has it until its lease is over; another instance skips what is just being claimed.
const claim: Statement = {
  name: 'load-orders-claim',
  text: `with due as (
      select bucket, id from load_orders.orders where ${open} and due_at <= clock_timestamp()
      order by due_at limit $1 for update skip locked)
    update load_orders.orders o set attempts = o.attempts + 1, due_at = clock_timestamp() + $2 * interval '1 ms'
    from due where o.bucket = due.bucket and o.id = due.id returning ${columns}`,
};

/** Takes up to `most` orders that are due and nobody drives, for as long as the lease. */
export async function claimOrders(session: Session, most: number, leaseMs: number): Promise<Order[]> {
  return (await session.run(claim, [most, leaseMs])).rows.map(orderOf);
}

// Only from the state that was decided on: who was too slow finds that the order has moved, and leaves it.
const moveText: Statement = {
  name: 'load-orders-move',
  text: `update load_orders.orders o set state = $4, reason = $5, entry_id = $6, attempts = 0,
      changed_at = clock_timestamp(), due_at = clock_timestamp() + $7 * interval '1 ms'
    where o.bucket = $1 and o.id = $2 and o.state = $3 returning ${columns}`,
};

/** Moves an order on and keeps it for the lease; null when somebody else has moved it. */
export async function moveOrder(
  session: Session,
  order: Pick<Order, 'bucket' | 'id'>,
  to: Move & { readonly leaseMs: number },
): Promise<Order | null> {
  const values = [order.bucket, order.id, to.from, to.to, to.reason, to.entryId, to.leaseMs];
  const row = (await session.run(moveText, values)).rows[0];
  return row === undefined ? null : orderOf(row);
}

const postpone: Statement = {
  name: 'load-orders-postpone',
  text: `update load_orders.orders set due_at = clock_timestamp() + $4 * interval '1 ms'
    where bucket = $1 and id = $2 and state = $3`,
};

/** Lets an order that got no further rest; if it has moved meanwhile nothing happens. */
export async function postponeOrder(
  session: Session,
  order: Pick<Order, 'bucket' | 'id' | 'state'>,
  pauseMs: number,
): Promise<void> {
  await session.run(postpone, [order.bucket, order.id, order.state, pauseMs]);
}

const failed: Statement = {
  name: 'load-orders-failed',
  text: `select ${columns} from load_orders.orders o where o.state = 'failed' and o.id > $1 order by o.id limit $2`,
};

/** Orders that people have to look at, oldest first, after the cursor. */
export async function findFailedOrders(session: Session, after: bigint, most: number): Promise<Order[]> {
  return (await session.run(failed, [after, most])).rows.map(orderOf);
}

const earlier: Statement = {
  name: 'load-orders-earlier',
  text: `select o.mandate_id, o.state, ${ms('o.created_at')}
    from unnest($1::smallint[], $2::bigint[]) k(bucket, id)
    cross join lateral (
      select mandate_id, state, created_at, id from load_orders.orders
      where bucket = k.bucket and mandate_id = k.id order by id desc limit $3) o
    order by o.mandate_id, o.id desc`,
};

/** The latest orders of these mandates, newest first, by mandate. */
export async function findEarlierOrders(
  session: Session,
  mandates: readonly { readonly bucket: number; readonly id: bigint }[],
  most: number,
): Promise<Map<bigint, EarlierOrder[]>> {
  const { rows } = await session.run(earlier, [
    numberColumn(mandates, (mandate) => mandate.bucket),
    numberColumn(mandates, (mandate) => mandate.id),
    most,
  ]);
  const found = new Map<bigint, EarlierOrder[]>();
  for (const [mandateId, state, createdAtMs] of rows as [bigint, OrderState, bigint][]) {
    const orders = found.get(mandateId) ?? [];
    orders.push({ state, createdAtMs: Number(createdAtMs) });
    found.set(mandateId, orders);
  }
  return found;
}

const openOfAccount: Statement = {
  name: 'load-orders-open',
  text: `select ${columns} from load_orders.orders o
    where o.bucket = $1 and o.card_account_id = $2 and ${open}
    order by o.id desc limit $3`,
};

/** The orders of a card account that are under way, newest first. */
export async function findOpenOrders(
  session: Session,
  cardAccountId: bigint,
  most: number,
): Promise<Order[]> {
  return (await session.run(openOfAccount, [bucketOf(cardAccountId), cardAccountId, most])).rows.map(orderOf);
}
