/**
 * The life of a bill's payment. Money moves twice at the most: it is taken when the payment is approved, and given
 * back unless the utility has written the bill off. A state is left once, whoever drives: the move is a compare and
 * set in the database, so what the slower of two drivers found out changes nothing.
 */
export type PaymentState =
  /** The bill is spoken for before the utility is asked, so that a repeat meets its first; whether money was taken is not written here yet. */
  | 'reserved'
  /** Given up: what was or will be taken goes back; from here on nobody asks the utility. */
  | 'abandoning'
  /** The money was taken; the utility has not said yet. */
  | 'paid'
  /** The utility has the payment in its books: the end. */
  | 'written-off'
  /** The money goes back to the holder; from here on nobody writes the bill off under this reference. */
  | 'returning'
  /** The holder has the money back: the end. */
  | 'returned'
  /** The bill is not due like this, or the purse could not pay: the end. */
  | 'declined'
  /** Given up, and no money was taken: the end. */
  | 'abandoned';

export const finalStates: readonly PaymentState[] = ['written-off', 'returned', 'declined', 'abandoned'];

/** What a step found out. */
export type PaymentEvent =
  | 'approved'
  | 'refused'
  | 'given-up'
  | 'never-came'
  | 'taken-back'
  | 'accepted'
  | 'not-accepted'
  | 'given-back';

const moves: Readonly<Record<PaymentState, Partial<Record<PaymentEvent, PaymentState>>>> = {
  reserved: { approved: 'paid', refused: 'declined', 'given-up': 'abandoning', 'never-came': 'abandoned' },
  abandoning: { refused: 'declined', 'never-came': 'abandoned', 'taken-back': 'returned' },
  paid: { accepted: 'written-off', 'not-accepted': 'returning' },
  returning: { 'given-back': 'returned' },
  'written-off': {},
  returned: {},
  declined: {},
  abandoned: {},
};

/** The state after an event; an event that the state does not know is a fault. */
export function moveOn(state: PaymentState, event: PaymentEvent): PaymentState {
  const next = moves[state][event];
  if (next === undefined) throw new RangeError(`a payment that is ${state} cannot be ${event}`);
  return next;
}

/** Whether the utility must still be told that a reference is void, and what it said. */
export type Cancellation = 'none' | 'due' | 'confirmed' | 'refused';

export type Step = 'ask' | 'pay' | 'look' | 'take-back' | 'write-off' | 'give-back' | 'cancel' | 'rest';

/**
 * What is to be done next. A payment that was reserved is made only while its caller waits for it: later the holder
 * has left, so the schedule gives it up unless the money was taken. That it is given up stands in the row before
 * anything is taken back, or a slower driver could still have the bill written off with money that went back. The money goes back before the
 * utility is told, for the holder waits and the utility's books can be put right any time.
 */
export function nextStep(
  payment: {
    readonly state: PaymentState;
    readonly cancellation: Cancellation;
    /** The period of the bill, once the utility has said that it is due in this amount. */
    readonly period: string | null;
  },
  callerWaits: boolean,
): Step {
  switch (payment.state) {
    case 'reserved':
      if (!callerWaits) return 'look';
      return payment.period === null ? 'ask' : 'pay';
    case 'abandoning':
      return 'take-back';
    case 'paid':
      return 'write-off';
    case 'returning':
      return 'give-back';
    case 'returned':
      return payment.cancellation === 'due' ? 'cancel' : 'rest';
    case 'written-off':
    case 'declined':
    case 'abandoned':
      return 'rest';
  }
}

const firstRetryMs = 15_000;
const retryMaxMs = 30 * 60_000;
const doublingsMax = 10;

/** How long a payment that could not be moved waits for its next drive: 15 s, doubled up to half an hour. */
export function retryDelayMs(drives: number): number {
  return Math.min(firstRetryMs * 2 ** Math.min(Math.max(drives - 1, 0), doublingsMax), retryMaxMs);
}
