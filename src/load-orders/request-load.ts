import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { findCardsOfAccounts } from '#cards/cards-of-accounts.ts';
import type { PackedKey } from '#idempotency/rules/keys.ts';
import { bucketOf, type Purse } from '#ledger/rules/accounts.ts';
import type { Fen } from '#money/fen.ts';
import { inTransaction, sessionOf } from '#platform/postgres.ts';
import { type Binding, findBindings } from './bindings.ts';
import { driveOrder } from './drive.ts';
import { bankTerminal, foresee } from './foresee.ts';
import { type LoadOrderParts, leaseMs } from './parts.ts';
import { findOrder, findOrderByKey, insertOrders, type NewOrder, type Order } from './store.ts';

/** What a holder asks for. */
export interface LoadWish {
  readonly cardAccountId: bigint;
  readonly purse: Purse;
  readonly amountFen: Fen;
  /** The holder's own key: asked again with it, it is the same order. */
  readonly callerKey: PackedKey;
  readonly actor: Actor;
}

export type LoadRequested =
  | { readonly status: 'ordered'; readonly order: Order; readonly replay: boolean }
  | { readonly status: 'key-reused'; readonly field: 'amount' | 'purse' }
  | { readonly status: 'refused'; readonly reason: 'bank-binding-missing' | 'card-unknown' };

/**
 * Orders a load from the bank account that is bound to the card account, and drives it as far as it goes now. An order
 * that is foreseen to be refused is kept as refused, and the bank is not asked. Nothing is kept without a binding.
 */
export async function requestLoad(parts: LoadOrderParts, wish: LoadWish): Promise<LoadRequested> {
  const session = sessionOf(parts.pool);
  const key = { bucket: bucketOf(wish.cardAccountId), callerKey: wish.callerKey };
  const known = await findOrderByKey(session, key);
  if (known !== null) return repeatOf(known, wish);
  const draft = await draftOf(parts, wish);
  if (typeof draft === 'string') return { status: 'refused', reason: draft };
  const [kept] = await inTransaction(parts.pool, async (client) => {
    const orders = await insertOrders(sessionOf(client), [draft]);
    await recordAudit(
      sessionOf(client),
      orders.map((order) => ({
        actor: wish.actor,
        act: 'load-ordered',
        subject: `load-order ${order.id}`,
        reason: order.reason ?? '',
      })),
    );
    return orders;
  });
  if (kept === undefined) {
    const first = await findOrderByKey(session, key);
    if (first === null) throw new Error('an order that was kept by another is not there');
    return repeatOf(first, wish);
  }
  return { status: 'ordered', order: await driveNow(parts, kept), replay: false };
}

function repeatOf(order: Order, wish: LoadWish): LoadRequested {
  if (order.amountFen !== wish.amountFen) return { status: 'key-reused', field: 'amount' };
  if (order.purse !== wish.purse) return { status: 'key-reused', field: 'purse' };
  return { status: 'ordered', order, replay: true };
}

async function draftOf(
  parts: LoadOrderParts,
  wish: LoadWish,
): Promise<NewOrder | 'bank-binding-missing' | 'card-unknown'> {
  const session = sessionOf(parts.pool);
  const { cardAccountId } = wish;
  const owner = { bucket: bucketOf(cardAccountId), ownerId: cardAccountId };
  const [bindings, cards] = await Promise.all([
    findBindings(session, [cardAccountId]),
    findCardsOfAccounts(session, [owner]),
  ]);
  const binding: Binding | undefined = bindings.get(cardAccountId);
  const card = cards.get(cardAccountId);
  if (binding === undefined || binding.bank === null) return 'bank-binding-missing';
  if (card === undefined) return 'card-unknown';
  const reference = parts.clearing.reference.current();
  const terminal = bankTerminal(reference, binding.participantId);
  const { purse, amountFen, callerKey } = wish;
  const wishes = [{ card, purse, amountFen, terminal }];
  const [reason = null] = await foresee(session, reference, { wishes, nowMs: Date.now() });
  const terminalId = terminal?.id ?? 0;
  return {
    card,
    bindingId: binding.id,
    mandateId: null,
    amountFen,
    purse,
    terminalId,
    callerKey,
    reason,
    leaseMs,
  };
}

/** The order is kept: what fails from here on is the schedule's to finish, and the holder sees how far it is. */
async function driveNow(parts: LoadOrderParts, order: Order): Promise<Order> {
  try {
    return await driveOrder(parts, order);
  } catch (error) {
    parts.log.error('a load order could not be driven', { loadOrder: String(order.id), error });
    return (await findOrder(sessionOf(parts.pool), order)) ?? order;
  }
}
