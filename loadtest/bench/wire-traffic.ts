import { cardNumber, merchantTerminal } from '#testing/town.ts';
import { signedRequest } from './http/signed-request.ts';
import type { Traffic } from './load/load.ts';
import { markOfFrame, readFrame } from './load/read-framed-answer.ts';
import { readHttpAnswer } from './load/read-http-answer.ts';
import { type FrameKeys, frameMaker } from './tcp/payment-frame.ts';
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
export const loadStart = (load: number) => firstLoad + load * numbersPerLoad;
const firstLoad = 1_000_000_000;
const loadOf = (n: number) => Math.floor((n - firstLoad) / numbersPerLoad);

/** What request n carries: its own payment, or one from before. */
export function carried(n: number): { readonly payment: Payment; readonly repeat: boolean } {
  const repeat = isRepeat(n) && n % numbersPerLoad >= repeatDistance;
  return { payment: paymentOf(repeat ? n - repeatDistance : n), repeat };
}

const due = (n: number) => (isPoor(carried(n).payment) ? 402 : 200);

const oneAtATime = () => 0;

/** Our service's requests. */
export const signed: Traffic = {
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
  read: readHttpAnswer,
  markOf: oneAtATime,
};

/** The usual service's. */
export const usual: Traffic = {
  request: (n) => plainRequest('/payments', usualPayment(carried(n).payment)),
  due,
  read: readHttpAnswer,
  markOf: oneAtATime,
};

/** The echo's: the usual service's body, and nothing is ever declined. */
export const echo: Traffic = {
  request: (n) => plainRequest('/echo', usualPayment(carried(n).payment)),
  due: () => 200,
  read: readHttpAnswer,
  markOf: oneAtATime,
};

let frame: ReturnType<typeof frameMaker> | undefined;

/** Our terminals' messages over TCP: framed, and signed with the keys that the terminals were given. */
export const framed: Traffic = {
  prepare: (told) => {
    frame = frameMaker(told as FrameKeys);
  },
  request: (n) => {
    if (frame === undefined) throw new Error('terminals without their keys');
    const { payment, repeat } = carried(n);
    return frame({
      terminalId: merchantTerminal(payment.merchant),
      participantId: payment.merchant,
      traceNumber: traceOf(payment.n).traceNumber,
      load: loadOf(payment.n),
      cardNumber: cardNumber(payment.card),
      amountFen: payment.amountFen,
      isRepeat: repeat,
    });
  },
  due: (n) => (isPoor(carried(n).payment) ? 51 : 0),
  read: readFrame,
  markOf: (n) => {
    const { payment } = carried(n);
    return markOfFrame(merchantTerminal(payment.merchant), traceOf(payment.n).traceNumber);
  },
};

function plainRequest(path: string, payment: object): string {
  const body = JSON.stringify(payment);
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  );
}
