import { countPosting, expectThat } from './figures.ts';
import { shopTerminal } from './names.ts';
import { order } from './order.ts';
import { expectMoved, keyOf, nextTrace, type OwnCard } from './own-cards.ts';
import { type Answer, type Call, post } from './signed-call.ts';

/** One of the shops, each as often. */
export const someShop = () => shopTerminal(1 + Math.floor(Math.random() * order.shops));
/** 1 to 9.99 yuan. */
export const someAmount = () => 100 + Math.floor(Math.random() * 900);

/** A payment as it is sent, not sent yet. */
export function paymentCall(own: OwnCard, amount: number, terminalId = someShop()): Call {
  const trace = nextTrace();
  const body = { sector: 'shops', cardNumber: own.number, amount, currency: 'CNY', ...trace };
  return { path: '/v1/transactions', body, terminalId, key: keyOf(trace) };
}

/** What a payment of the online account must be answered with. */
function expectPaid(own: OwnCard, answer: Answer, amount: number): void {
  const isApproved = answer.status === 200 && answer.json?.amount === amount && !answer.replayed;
  expectThat('a payment is approved over its amount', isApproved, answer.text);
  expectMoved(own, answer, { purse: 'online', fen: -amount });
  countPosting(answer, amount);
}

/** A payment from the online account at a shop, answered and checked. */
export function payAtShop(own: OwnCard, amount = someAmount()): { call: Call; answer: Answer } {
  const call = paymentCall(own, amount);
  const answer = post(call);
  expectPaid(own, answer, amount);
  return { call, answer };
}
