import { createHash } from 'node:crypto';
import { signRequest } from '#terminals/rules/signature.ts';

/** A payment as our service takes it over HTTP, before it is signed. */
export interface WirePayment {
  readonly idempotencyKey: string;
  readonly terminalId: number;
  readonly traceNumber: number;
  readonly localDate: string;
  readonly cardNumber: string;
  readonly amountFen: number;
  readonly isRepeat: boolean;
}

const path = '/v1/transactions';

/** The key of a terminal of the bench's town: test keys, the same in every run. */
export function terminalKeyOf(terminalId: number): Buffer {
  return createHash('sha256').update(`bench terminal ${terminalId}`).digest();
}

/** A signed request, as it goes over the wire. */
export function signedRequest(payment: WirePayment): string {
  const { idempotencyKey, terminalId, traceNumber, localDate, cardNumber, amountFen } = payment;
  const body = JSON.stringify({
    sector: 'shops',
    cardNumber,
    currency: 'CNY',
    amount: amountFen,
    batchNumber: 1,
    traceNumber,
    localTime: `${localDate}T08:00:00`,
  });
  const time = String(Date.now() - (payment.isRepeat ? 0 : 1_000));
  const key = `"${idempotencyKey}"`;
  const signature = signRequest(terminalKeyOf(terminalId), {
    method: 'POST',
    path,
    time,
    key,
    body: Buffer.from(body),
  });
  const repeatHeader = payment.isRepeat ? 'Retry-Attempt: 1\r\n' : '';
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
    `Terminal-Id: ${terminalId}\r\nRequest-Time: ${time}\r\nIdempotency-Key: ${key}\r\n` +
    `Request-Signature: ${signature}\r\n${repeatHeader}Content-Length: ${body.length}\r\n\r\n${body}`
  );
}
