import { cardNumber, merchantTerminal } from '#testing/town.ts';
import type { HttpTraffic } from './http/load.ts';
import { signedRequest } from './http/signed-request.ts';
import { usualPayment } from './usual-way.ts';
import { isPoor, isRepeat, type Payment, paymentOf, traceOf, traffic } from './workload.ts';

/**
 * How far back a repeat lies: far enough for its first to be answered, which the load sent some rounds of its
 * connections before. One more than a multiple of the distance between repeats, so no repeat repeats a repeat.
 */
const repeatDistance = 15 * traffic.repeatEvery + 1;
/** The first numbers of a load have nothing before them to repeat. */
const numbersPerLoad = 1_000_000;

/** Far beyond what is sent inside this process, and each load at a multiple of its numbers. */
export const loadStart = (load: number) => 1_000_000_000 + load * numbersPerLoad;

/** What request n carries: its own payment, or one from before. */
export function carried(n: number): { readonly payment: Payment; readonly repeat: boolean } {
  const repeat = isRepeat(n) && n % numbersPerLoad >= repeatDistance;
  return { payment: paymentOf(repeat ? n - repeatDistance : n), repeat };
}

const due = (n: number) => (isPoor(carried(n).payment) ? 402 : 200);

/** Our service's requests. */
export const signed: HttpTraffic = {
  request: (n) => {
    const { payment, repeat } = carried(n);
    return signedRequest({
      ...traceOf(payment.n),
      idempotencyKey: `payment-${payment.n}`,
      terminalId: merchantTerminal(payment.merchant),
      cardNumber: cardNumber(payment.card),
      amountFen: payment.amountFen,
      isRepeat: repeat,
    });
  },
  due,
};

/** The usual service's. */
export const usual: HttpTraffic = {
  request: (n) => plainRequest('/payments', usualPayment(carried(n).payment)),
  due,
};

/** The echo's: the usual service's body, and nothing is ever declined. */
export const echo: HttpTraffic = {
  request: (n) => plainRequest('/echo', usualPayment(carried(n).payment)),
  due: () => 200,
};

function plainRequest(path: string, payment: object): string {
  const body = JSON.stringify(payment);
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  );
}
