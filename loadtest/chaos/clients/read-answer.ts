import type { HttpAnswer } from '#testing/terminal-client.ts';
import type { Final, Moved } from './told/page.ts';

/** What an answer means to an honest client: it is final, it is to be asked again, or it should not be. */
export type Meaning =
  | { readonly is: 'final'; readonly final: Final }
  | { readonly is: 'again' }
  | { readonly is: 'wrong'; readonly said: string };

const again = new Set(['request-in-flight', 'busy', 'outcome-unknown', 'fault']);

/** Reads an answer as the interface describes it. */
export function readAnswer({ status, body }: HttpAnswer): Meaning {
  if (typeof body !== 'object' || body === null) return wrong(status, body);
  const said = body as Record<string, unknown>;
  if (status === 200 && said['status'] === 'approved') return { is: 'final', final: approved(said) };
  if (again.has(String(said['code']))) return { is: 'again' };
  if (status >= 400 && status < 500 && typeof said['transactionId'] === 'string') {
    return { is: 'final', final: declined(said) };
  }
  return wrong(status, body);
}

function approved(said: Record<string, unknown>): Final {
  const purses = said['purses'] as Moved[];
  return {
    transactionId: String(said['transactionId']),
    refusal: null,
    businessDate: String(said['businessDate']),
    amount: Number(said['amount']),
    purses: purses.map(({ purse, amount, balance }) => ({ purse, amount, balance })),
  };
}

function declined(said: Record<string, unknown>): Final {
  return {
    transactionId: String(said['transactionId']),
    refusal: String(said['code']),
    businessDate: String(said['businessDate']),
    amount: 0,
    purses: [],
  };
}

function wrong(status: number, body: unknown): Meaning {
  return { is: 'wrong', said: `${status} ${JSON.stringify(body)}` };
}
