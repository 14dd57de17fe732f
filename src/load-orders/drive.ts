import { systemActor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import type { Answer } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { namedKey } from '#idempotency/rules/keys.ts';
import { hainanTime } from '#platform/calendar.ts';
import { inTransaction, type Session, sessionOf } from '#platform/postgres.ts';
import type { Bank, BankAsk } from './bank/bank.ts';
import { type Binding, findBindingsById } from './bindings.ts';
import { loadSector } from './foresee.ts';
import { type LoadOrderParts, leaseMs } from './parts.ts';
import {
  afterDebit,
  afterLoad,
  afterRefund,
  type BankAnswer,
  isOpen,
  type LoadAnswer,
  type Move,
  pauseMs,
} from './rules/order.ts';
import { claimOrders, findOrder, moveOrder, type Order, postponeOrder } from './store.ts';

/** An order goes through so many states at the most. */
const stepsMax = 4;
/** So many orders are driven at once. */
export const driveMax = 20;

/**
 * Drives an order as far as it goes now. Every step may be done twice: the bank knows the debit by its reference, the
 * one path the load by its key, and an order only moves from the state that was decided on. Whoever dies between two
 * steps leaves an order that the schedule drives on when the lease is over.
 */
export async function driveOrder(parts: LoadOrderParts, order: Order): Promise<Order> {
  const session = sessionOf(parts.pool);
  const binding = (await findBindingsById(session, [{ bucket: order.bucket, id: order.bindingId }])).get(
    order.bindingId,
  );
  if (binding === undefined) throw new Error('an order whose binding is gone');
  let now = order;
  for (let step = 0; step < stepsMax && isOpen(now.state); step++) {
    const move = await nextMove(parts, now, binding);
    if (move === null) {
      await postponeOrder(session, now, pauseMs(now.attempts));
      return now;
    }
    const moved = await keepMove(parts, now, move);
    if (moved === null) return (await findOrder(session, now)) ?? now;
    now = moved;
  }
  return now;
}

/** Drives what is due and nobody drives; how many there were. What fails rests until its lease is over. */
export async function driveDueOrders(parts: LoadOrderParts): Promise<number> {
  const claimed = await claimOrders(sessionOf(parts.pool), driveMax, leaseMs);
  await Promise.all(
    claimed.map((order) =>
      driveOrder(parts, order).catch((error) =>
        parts.log.error('a load order could not be driven', { loadOrder: String(order.id), error }),
      ),
    ),
  );
  return claimed.length;
}

async function nextMove(parts: LoadOrderParts, order: Order, binding: Binding): Promise<Move | null> {
  if (order.state === 'debited') return afterLoad(loadAnswer(await submit(parts, order)), order.attempts);
  const bank = bankOf(parts, binding);
  const asked = {
    reference: `LO${order.id}`,
    accountNumber: parts.secrets.openPersonal(binding.accountSealed),
    amountFen: order.amountFen,
  };
  if (order.state === 'returning')
    return afterRefund((await bank?.refund(asked)) ?? { status: 'unknown' }, order);
  return afterDebit(await debit(bank, asked), order, order.nowMs);
}

/** A debit whose answer was lost is asked about once, and then by the next attempt. */
async function debit(bank: Bank | null, asked: BankAsk): Promise<BankAnswer> {
  if (bank === null) return { status: 'unknown' };
  const answer = await bank.debit(asked);
  return answer.status === 'unknown' ? bank.inquire(asked) : answer;
}

function bankOf({ connect, secrets, bankTimeoutMs }: LoadOrderParts, { bank }: Binding): Bank | null {
  if (bank === null) return null;
  const { address, clientId, keySealed } = bank;
  return connect({ address, clientId, key: secrets.open(keySealed), timeoutMs: bankTimeoutMs });
}

/** The load, the same whoever submits it: all of it stands in the order. */
function submit({ clearing }: LoadOrderParts, order: Order): Promise<Answer> {
  const { terminals } = clearing.reference.current();
  const request: Request = {
    kind: 'load',
    sector: loadSector,
    callerKey: null,
    businessKey: namedKey('load-order', String(order.id)),
    card: { cardId: order.cardId, cardAccountId: order.cardAccountId, bucket: order.bucket },
    terminalId: order.terminalId,
    batchNumber: terminals.get(order.terminalId)?.batchNumber ?? 1,
    amountFen: order.amountFen,
    localTime: hainanTime(order.createdAtMs),
    original: null,
    detail: { purse: order.purse },
    final: false,
  };
  return clearing.submit({ request, isRepeat: order.attempts > 1 });
}

function loadAnswer(answer: Answer): LoadAnswer {
  if (answer.status === 'key-reused') throw new Error('the name of an order was used for another load');
  if (answer.status !== 'decided') return { status: 'later' };
  return answer.refusal === null
    ? { status: 'loaded', entryId: answer.id }
    : { status: 'refused', reason: answer.refusal };
}

/** An order that is left to people is an act, too: it stands in the audit trail in the same transaction. */
function keepMove({ pool }: LoadOrderParts, order: Order, move: Move): Promise<Order | null> {
  const to = { ...move, leaseMs };
  if (move.to !== 'failed') return moveOrder(sessionOf(pool), order, to);
  return inTransaction(pool, async (client) => {
    const session: Session = sessionOf(client);
    const moved = await moveOrder(session, order, to);
    if (moved !== null)
      await recordAudit(session, [
        {
          actor: systemActor,
          act: 'load-order-failed',
          subject: `load-order ${order.id}`,
          reason: move.reason ?? '',
        },
      ]);
    return moved;
  });
}
