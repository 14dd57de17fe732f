import { signRequest } from '#terminals/rules/signature.ts';
import { cardNumber, merchantTerminal } from '#testing/town.ts';
import { terminalKeyOf } from './signed-request.ts';

const path = '/v1/transactions/batch';
const linesPerCall = 500;

export interface Presentation {
  readonly port: number;
  readonly cards: number;
  /** A terminal's day that nothing else of the run uses. */
  readonly localDate: string;
}

/**
 * Pays one fen with every card once, 500 to a call: a service that has been up for a while has seen its cards,
 * and what is measured is that one, not one that meets each card for the first time.
 */
export async function presentCards({ port, cards, localDate }: Presentation): Promise<void> {
  for (let first = 0; first < cards; first += linesPerCall) {
    const count = Math.min(linesPerCall, cards - first);
    const transactions = Array.from({ length: count }, (_, i) => ({
      idempotencyKey: `present-${localDate}-${first + i}`,
      sector: 'shops',
      cardNumber: cardNumber(first + i),
      amount: 1,
      currency: 'CNY',
      batchNumber: 1,
      traceNumber: first + i,
      localTime: `${localDate}T07:00:00`,
    }));
    await post(port, JSON.stringify({ transactions }));
  }
}

async function post(port: number, body: string): Promise<void> {
  const terminalId = merchantTerminal(1);
  const time = String(Date.now());
  const signed = { method: 'POST', path, time, key: '', body: Buffer.from(body) };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'terminal-id': String(terminalId),
      'request-time': time,
      'request-signature': signRequest(terminalKeyOf(terminalId), signed),
    },
    body,
  });
  const { results } = (await response.json()) as { results?: { httpStatus: number }[] };
  const isTaken = results?.every(({ httpStatus }) => httpStatus === 200 || httpStatus === 402);
  if (isTaken !== true) throw new Error('a card that was presented was not taken');
}
