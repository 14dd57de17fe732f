import { percentiles, type Tally } from './figures/measured.ts';
import { isPoor, isRepeat, type Payment, paymentOf, type Sequence } from './workload.ts';

/** What came back for a payment. */
export interface Answer {
  readonly declined: boolean;
  readonly replay: boolean;
}

export interface Loop {
  readonly inFlight: number;
  readonly seconds: number;
  /** The loop ends earlier with so many; a sender that is under way still comes to its end. */
  readonly paymentsMax?: number;
  readonly sequence: Sequence;
  /** Of the town, where it has not as many as usual. */
  readonly cards?: number;
  readonly pay: (payment: Payment, isRepeat: boolean) => Promise<Answer>;
}

/** So many senders, each of whom waits for its answer and sends the next, until the time is over. */
export async function closedLoop(loop: Loop): Promise<Tally> {
  const counts = { declined: 0, declinedDue: 0, replayed: 0, replayedDue: 0 };
  const latencies: number[] = [];
  const max = loop.paymentsMax ?? Number.POSITIVE_INFINITY;
  let sent = 0;
  const startedAt = performance.now();
  const until = startedAt + loop.seconds * 1000;
  const sender = async () => {
    let last: Payment | null = null;
    for (let now = performance.now(); now < until && sent < max; ) {
      sent += 1;
      const n = loop.sequence.take(1);
      const repeat = last !== null && isRepeat(n);
      const payment: Payment = repeat && last !== null ? last : paymentOf(n, loop.cards);
      const answer = await loop.pay(payment, repeat);
      const answeredAt = performance.now();
      latencies.push(answeredAt - now);
      now = answeredAt;
      last = payment;
      counts.declined += Number(answer.declined);
      counts.declinedDue += Number(isPoor(payment, loop.cards));
      counts.replayed += Number(answer.replay);
      counts.replayedDue += Number(repeat);
    }
  };
  await Promise.all(Array.from({ length: loop.inFlight }, sender));
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    payments: latencies.length,
    seconds,
    ...percentiles(latencies),
    ...counts,
    groupSize: null,
    loadUs: null,
  };
}
