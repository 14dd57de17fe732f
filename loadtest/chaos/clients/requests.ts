import { cardNumber } from '#demo/hainan.ts';
import type { DemoTerminal } from '#demo/sign-ins.ts';
import { batchNumber, type Kind, type Page, type Sent } from './told/page.ts';

/** Makes the requests of a run: each terminal counts its own trace numbers, as terminals do. */
export interface RequestMaker {
  /** A payment, tap, load or authorisation at a terminal. */
  fresh(kind: Kind, at: DemoTerminal, order: Order): Sent;
  /** A capture, void or refund of what was approved, at the same terminal. */
  followUp(kind: 'capture' | 'void' | 'refund', original: Page, order: FollowUpOrder): Sent;
  /** The reversal of a request, whether or not that has come. */
  reversal(original: Page): Sent;
}

interface Order {
  readonly card: number;
  readonly amountFen: number | null;
  readonly detail?: Readonly<Record<string, string>>;
}

interface FollowUpOrder {
  readonly amountFen: number | null;
  readonly final: boolean;
}

const currency = 'CNY';

/** All requests of a run carry one local date, so that trace numbers are never used twice. */
export function requestMaker(localDate: string): RequestMaker {
  const traces = new Map<number, number>();
  const nextTrace = (terminalId: number) => {
    const trace = (traces.get(terminalId) ?? 0) + 1;
    traces.set(terminalId, trace);
    return trace;
  };
  const stamp = (terminalId: number) => ({
    traceNumber: nextTrace(terminalId),
    localTime: `${localDate}T${new Date().toISOString().slice(11, 19)}`,
  });
  return {
    fresh: (kind, at, { card, amountFen, detail }) => {
      const { traceNumber, localTime } = stamp(at.terminalId);
      const { sector } = at;
      const amount = amountFen === null ? {} : { amount: amountFen };
      const what = {
        path: kind === 'authorise' ? '/v1/holds' : '/v1/transactions',
        idempotencyKey: `${kind}-${localDate}-${traceNumber}`,
        body: {
          ...{ sector, cardNumber: cardNumber(card), currency, batchNumber, traceNumber, localTime },
          ...amount,
          ...(detail === undefined ? {} : { detail }),
        },
      };
      const trace = { traceNumber, localTime };
      return { kind, card, signer: at, sector, ...trace, amountFen, original: null, final: false, what };
    },
    followUp: (kind, original, { amountFen, final }) => {
      const { signer, card, sector } = original.sent;
      const trace = stamp(signer.terminalId);
      const amount = amountFen === null ? {} : { amount: amountFen, currency };
      const body = { batchNumber, ...trace, ...amount, ...(kind === 'capture' ? { final } : {}) };
      const what = {
        path: pathOf(kind, original.final?.transactionId ?? ''),
        idempotencyKey: `${kind}-${localDate}-${trace.traceNumber}`,
        body,
      };
      return { kind, card, signer, sector, ...trace, amountFen, original, final, what };
    },
    reversal: (original) => {
      const { signer, card, sector, traceNumber, localTime, amountFen } = original.sent;
      const amount = amountFen === null ? {} : { amount: amountFen };
      const onCard = { sector, cardNumber: cardNumber(card), currency };
      const what = {
        path: '/v1/reversals',
        idempotencyKey: `reversal-${localDate}-${traceNumber}`,
        body: { ...onCard, batchNumber, traceNumber, localTime, ...amount },
      };
      const trace = { traceNumber, localTime };
      return { kind: 'reversal', card, signer, sector, ...trace, amountFen, original, final: false, what };
    },
  };
}

function pathOf(kind: 'capture' | 'void' | 'refund', transactionId: string): string {
  if (kind === 'refund') return `/v1/transactions/${transactionId}/refunds`;
  return `/v1/holds/${transactionId}/${kind === 'capture' ? 'captures' : 'void'}`;
}
