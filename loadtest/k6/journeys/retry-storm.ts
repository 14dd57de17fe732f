import { countPosting, expectThat, runs, summarise } from './parts/figures.ts';
import { order } from './parts/order.ts';
import { expectMoved, nextCard, type OwnCard } from './parts/own-cards.ts';
import { payAtShop, paymentCall, someAmount } from './parts/shop.ts';
import { type Answer, postAtOnce } from './parts/signed-call.ts';

/**
 * Retry storm: every payment is sent three times at once by three ways: under one Idempotency-Key to two instances,
 * and under another key, which the trade's own key unmasks. It is paid once, and all three answers are the same bytes.
 */
export const options = runs('pay');
export const handleSummary = summarise;

export function pay(): void {
  const own = nextCard();
  if (order.copies === 1) payAtShop(own);
  else payThrice(own, someAmount());
}

function payThrice(own: OwnCard, amount: number): void {
  const first = paymentCall(own, amount);
  const answers = postAtOnce([
    { ...first, instance: 0 },
    { ...first, instance: 1, attempt: 1 },
    { ...first, instance: __VU, key: `other-${first.key}`, attempt: 2 },
  ]);
  const fresh = answers.filter(({ replayed }) => !replayed);
  const isOne = answers.every(({ status, text }) => status === 200 && text === answers[0]?.text);
  expectThat('three ways of one payment get one answer', isOne, answers.map(said));
  expectThat('one of three is the first and the others are repeats', fresh.length === 1, answers.map(said));
  const slowest = answers.reduce((one, other) => (one.ms > other.ms ? one : other));
  expectMoved(own, slowest, { purse: 'online', fen: -amount });
  countPosting(slowest, amount);
}

const said = ({ status, replayed, text }: Answer) => ({ status, replayed, text: text.slice(0, 300) });
