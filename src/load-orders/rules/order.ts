/** How far an order is. Never loaded without the bank's debit, never debited without a load or a refund. */
export type OrderState =
  | 'requested'
  | 'debited'
  | 'loaded'
  | 'refused'
  | 'returning'
  | 'returned'
  /** For people: the bank contradicts itself, or answered nothing for as long as we ask. */
  | 'failed';

/** What a bank says to a debit, an inquiry or a refund; "unknown" is every answer that is none. */
export type BankAnswer =
  | { readonly status: 'done' }
  | { readonly status: 'refused'; readonly reason: BankReason }
  /** The bank has no such debit. After a refund this holds for ever: the bank refuses the debit if it still comes. */
  | { readonly status: 'never-debited' }
  | { readonly status: 'unknown' };

/** Why a bank refuses, by its own codes. */
export const bankReasons = [
  'insufficient-funds',
  'account-closed',
  'account-unknown',
  'over-bank-limit',
  /** Any other reason of the bank's. */
  'bank-refused',
] as const;
type BankReason = (typeof bankReasons)[number];

/** What the one path said to the load; "later" is every answer that decided nothing. */
export type LoadAnswer =
  | { readonly status: 'loaded'; readonly entryId: bigint }
  | { readonly status: 'refused'; readonly reason: string }
  | { readonly status: 'later' };

/** Where an order goes next. */
export interface Move {
  readonly from: OrderState;
  readonly to: OrderState;
  readonly reason: string | null;
  readonly entryId: bigint | null;
}

/** A debit that nobody confirms is given up after so long: a load that comes hours later surprises its holder. */
export const debitLifeMs = 10 * 60_000;
/** An order is driven at most so often before people look at it: some two weeks. */
export const attemptsMax = 400;
const pauseMinMs = 2_000;
const pauseMaxMs = 60 * 60_000;
const doublingsMax = 16;

const move = (from: OrderState, to: OrderState, reason: string | null = null): Move => ({
  from,
  to,
  reason,
  entryId: null,
});

/** After a debit, or an inquiry about it. Null: the order stays where it is, and is asked about again. */
export function afterDebit(
  answer: BankAnswer,
  order: { readonly createdAtMs: number; readonly attempts: number },
  nowMs: number,
): Move | null {
  if (answer.status === 'done') return move('requested', 'debited');
  if (answer.status === 'refused') return move('requested', 'refused', answer.reason);
  // Given up by a refund: the bank gives back what it took, or refuses for ever what it never took.
  return nowMs - order.createdAtMs > debitLifeMs || order.attempts >= attemptsMax
    ? move('requested', 'returning', 'bank-silent')
    : null;
}

/** After the load was posted. What the one path refuses goes back to the bank. */
export function afterLoad(answer: LoadAnswer, attempts: number): Move | null {
  if (answer.status === 'loaded') return { ...move('debited', 'loaded'), entryId: answer.entryId };
  if (answer.status === 'refused') return move('debited', 'returning', answer.reason);
  return attempts >= attemptsMax ? move('debited', 'failed', 'load-undecided') : null;
}

/**
 * After a refund. `reason` is why the order goes back: after a silent bank it is no contradiction that nothing was
 * debited; after a debit that the bank confirmed it is one.
 */
export function afterRefund(
  answer: BankAnswer,
  order: { readonly reason: string | null; readonly attempts: number },
): Move | null {
  if (answer.status === 'done') return move('returning', 'returned', order.reason);
  if (answer.status === 'never-debited')
    return order.reason === 'bank-silent'
      ? move('returning', 'refused', order.reason)
      : move('returning', 'failed', 'bank-contradicts');
  if (answer.status === 'refused') return move('returning', 'failed', 'refund-refused');
  if (order.attempts < attemptsMax) return null;
  return move('returning', 'failed', order.reason === 'bank-silent' ? 'bank-silent' : 'refund-silent');
}

/**
 * Where an order that people looked at goes on: where it stopped. One whose load is undecided is loaded or refused by
 * its name, and never given back before that is known.
 */
export function afterResumption(reason: string | null): Move {
  return move('failed', reason === 'load-undecided' ? 'debited' : 'returning', reason);
}

/** How long an order that got no further waits: twice as long each time, up to an hour. */
export function pauseMs(attempts: number): number {
  return Math.min(pauseMaxMs, pauseMinMs * 2 ** Math.min(attempts, doublingsMax));
}

/** Whether anybody still has to drive it. */
export function isOpen(state: OrderState): boolean {
  return state === 'requested' || state === 'debited' || state === 'returning';
}
