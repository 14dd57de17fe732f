import {
  askDue,
  type BillParts,
  type Driven,
  type Found,
  giveBack,
  look,
  passed,
  pay,
  takeBack,
  writeOff,
} from './payment-steps.ts';
import { moveOn, nextStep, retryDelayMs, type Step } from './rules/payment-life.ts';
import {
  claimDue,
  movePayment,
  noteDue,
  type Payment,
  readPayment,
  releasePayment,
  settleCancellation,
} from './store.ts';
import { readUtilities } from './utilities/store.ts';

/** Longer than a drive with every time-out in it: two groups of clearing, a write-off, two inquiries, a cancellation. */
export const leaseDefaultMs = 60_000;
/** The longest way: ask, pay, write off, give back, cancel; one more to see that there is nothing left. */
const stepsMax = 6;

const moneySteps: Readonly<Partial<Record<Step, (driven: Driven) => Promise<Found>>>> = {
  pay,
  look,
  'take-back': takeBack,
  'write-off': writeOff,
  'give-back': giveBack,
};

/**
 * Moves a leased payment as far as it goes now, and gives the lease back. Every step may run twice, by two drivers or
 * after a crash: clearing and the utility know their keys, and the row moves by compare and set. A driver that finds
 * the row moved by another has nothing left to do.
 */
export async function drivePayment(
  parts: BillParts,
  claimed: Payment,
  callerWaits: boolean,
): Promise<Payment> {
  const terms = (await readUtilities(parts.session, [claimed.utilityId])).get(claimed.utilityId);
  if (terms === undefined) throw new Error('a bill payment has lost its utility');
  const utility = parts.connect(terms);
  let payment = claimed;
  for (let steps = 0; steps < stepsMax; steps++) {
    const step = nextStep(payment, callerWaits);
    if (step === 'rest') break;
    const moved = await takeStep({ parts, payment, terms, utility }, step);
    if (moved === null) break;
    payment = moved;
    await passed({ parts }, `is ${payment.state}`);
  }
  await releasePayment(parts.session, claimed, retryDelayMs(claimed.drives));
  return readPayment(parts.session, payment.id);
}

/** The payment after the step; null when it must wait, or when somebody else has moved it. */
async function takeStep(driven: Driven, step: Step): Promise<Payment | null> {
  if (step === 'cancel') return cancel(driven);
  const { parts, payment } = driven;
  const found = step === 'ask' ? await askDue(driven) : await moneySteps[step]?.(driven);
  if (found == null) return null;
  if ('period' in found) return noteDue(parts.session, payment.id, found.period);
  const to = moveOn(payment.state, found.event);
  return movePayment(parts.session, { id: payment.id, from: payment.state, to }, found.facts);
}

/**
 * Tells the utility that the reference is void. Until it says that it has heard, the schedule asks again. A utility
 * that refuses (its day is closed) reads it in the day's file, where the payment stands as given back: it is to take
 * its own posting back then.
 */
async function cancel({ parts, payment, utility }: Driven): Promise<Payment | null> {
  const { id: reference, customerNumber } = payment;
  const answer = await utility.cancel({ reference, customerNumber });
  await passed({ parts }, 'asked to cancel');
  if (answer.status === 'unknown') return null;
  return settleCancellation(parts.session, reference, answer.status === 'refused' ? 'refused' : 'confirmed');
}

/** So many payments are driven at a time: each has a utility to wait for. */
export const driveMax = 16;

/** Drives payments that are due and that nobody drives: after a crash, or while a utility is silent. Says how many. */
export async function driveDuePayments(parts: BillParts): Promise<number> {
  const due = await claimDue(parts.session, driveMax, parts.leaseMs ?? leaseDefaultMs);
  await Promise.all(
    due.map((payment) =>
      drivePayment(parts, payment, false).catch((error) =>
        parts.log.error('a bill payment could not be driven', {
          billPayment: Number(payment.sequence),
          error,
        }),
      ),
    ),
  );
  return due.length;
}
