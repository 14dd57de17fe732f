import { closedLoop } from '#loadtest/bench/closed-loop.ts';
import { type Ours, readAnswer, requestOf } from '#loadtest/bench/our-way.ts';
import type { World } from '#loadtest/bench/world.ts';

/** How many payments of each business day were approved, as the answers said. */
export type Days = Map<string, number>;

/** One payment through the one path, counted by the day that its answer names. */
export async function payOne(
  ours: Ours,
  days: Days,
  { request, isRepeat }: { request: ReturnType<typeof requestOf>; isRepeat: boolean },
) {
  const answer = await ours.clearing.submit({ request, isRepeat });
  if (answer.status === 'decided' && answer.refusal === null && !answer.replay)
    days.set(answer.businessDate, (days.get(answer.businessDate) ?? 0) + 1);
  return readAnswer(answer);
}

const sliceSeconds = 5;

/**
 * Pays as fast as it goes until so many payments were sent, with a line every few seconds. Throws when they are not
 * done in time.
 */
export async function fillDay(
  { world, ours, days }: { world: World; ours: Ours; days: Days },
  limits: {
    readonly payments: number;
    readonly secondsMax: number;
    readonly inFlight?: number;
    /** Without a caller's key, as messages of ISO 8583 are. */
    readonly asPos?: boolean;
  },
  say: (line: string) => void,
): Promise<{ readonly payments: number; readonly perSecond: number }> {
  let [payments, seconds] = [0, 0];
  while (payments < limits.payments) {
    if (seconds > limits.secondsMax)
      throw new Error(`only ${payments} of ${limits.payments} payments in ${seconds.toFixed(0)} s`);
    const slice = await closedLoop({
      inFlight: limits.inFlight ?? 512,
      seconds: sliceSeconds,
      paymentsMax: limits.payments - payments,
      sequence: world.sequence,
      cards: world.cards,
      pay: (payment, isRepeat) => {
        const request = requestOf(payment);
        return payOne(ours, days, {
          request: limits.asPos === true ? { ...request, callerKey: null } : request,
          isRepeat,
        });
      },
    });
    payments += slice.payments;
    seconds += slice.seconds;
    const share = ((100 * payments) / limits.payments).toFixed(1).padStart(5);
    say(`${share} %  ${payments} payments  ${(slice.payments / slice.seconds).toFixed(0)}/s`);
  }
  return { payments, perSecond: payments / seconds };
}
