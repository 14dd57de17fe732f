import { openPlaces } from '#platform/limits/places.ts';
import type { Terminal } from '#terminals/store.ts';
import { activeUtility, type BillAnswer, type BillWish, payBill } from './pay-bill.ts';
import type { BillParts } from './payment-steps.ts';
import type { PaymentState } from './rules/payment-life.ts';
import { findBillStates, findByTrace, type Payment } from './store.ts';
import type { DueBill } from './utility.ts';

/** A bill as the terminal shows it. */
export interface ShownBill extends DueBill {
  readonly state: 'due' | 'being-paid' | 'paid';
}

type BillsFound =
  | { readonly status: 'found'; readonly bills: readonly ShownBill[] }
  | { readonly status: 'refused'; readonly code: 'utility-unknown' | 'utility-silent' | 'bill-unknown' };

/** Too many callers wait for utilities; nothing was done. */
interface DeskBusy {
  readonly status: 'busy';
  readonly retryAfterSeconds: number;
}

/** Where terminals ask for bills and pay them. */
export interface BillDesk {
  find(asked: {
    readonly utilityId: number;
    readonly customerNumber: string;
  }): Promise<BillsFound | DeskBusy>;
  pay(wish: BillWish): Promise<BillAnswer | DeskBusy>;
  /** What became of the payment that the terminal's trace names; null where there is none. Moves nothing. */
  look(
    terminal: Terminal,
    trace: Pick<BillWish, 'batchNumber' | 'traceNumber' | 'localTime'>,
  ): Promise<Payment | null>;
}

/** A slow utility holds up its own callers only up to here: the rest are told at once. */
const waitingMax = 256;

/** Opens the desk of this instance. */
export function openBillDesk(parts: BillParts): BillDesk {
  const places = openPlaces(waitingMax);
  const within = async <T>(work: () => Promise<T>): Promise<T | DeskBusy> => {
    const answer = await places(work);
    return answer === 'busy' ? { status: 'busy', retryAfterSeconds: 1 } : answer;
  };
  return {
    find: (asked) => within(() => findBills(parts, asked)),
    pay: (wish) => within(() => payBill(parts, wish)),
    look: (terminal, trace) => findByTrace(parts.session, { ...trace, terminalId: terminal.id }, null),
  };
}

async function findBills(
  parts: BillParts,
  { utilityId, customerNumber }: { readonly utilityId: number; readonly customerNumber: string },
): Promise<BillsFound> {
  const terms = await activeUtility(parts, utilityId);
  if (terms === undefined) return { status: 'refused', code: 'utility-unknown' };
  const answer = await parts.connect(terms).findBills(customerNumber);
  if (answer.status === 'unknown-customer') return { status: 'refused', code: 'bill-unknown' };
  if (answer.status !== 'found') return { status: 'refused', code: 'utility-silent' };
  const numbers = answer.bills.map((bill) => bill.billNumber);
  const held = await findBillStates(parts.session, utilityId, numbers);
  const bills = answer.bills.map((bill) => ({ ...bill, state: shown(held.get(bill.billNumber)) }));
  return { status: 'found', bills };
}

function shown(held: PaymentState | undefined): ShownBill['state'] {
  if (held === undefined) return 'due';
  return held === 'written-off' ? 'paid' : 'being-paid';
}
