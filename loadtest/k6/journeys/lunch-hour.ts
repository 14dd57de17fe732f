import { countLook, countPosting, expectThat, runs, summarise } from './parts/figures.ts';
import { cardAccountId, holderToken } from './parts/names.ts';
import { order } from './parts/order.ts';
import { expectBalance, expectMoved, keyOf, nextCard, nextTrace, type OwnCard } from './parts/own-cards.ts';
import { payAtShop, someAmount, someShop } from './parts/shop.ts';
import { type Answer, look, post } from './parts/signed-call.ts';

/**
 * Lunch hour in the shops: payments, some of them authorised first and captured or let go, taken back the same
 * minute, or refunded in part; terminals that ask again; holders who look at their balances.
 */
export const options = runs('visit');
export const handleSummary = summarise;

/** Of a hundred visits. */
const mix: readonly (readonly [share: number, visit: (own: OwnCard) => void])[] = [
  [66, (own) => void payAtShop(own)],
  [4, askAgain],
  [8, holdAndCapture],
  [6, holdAndLetGo],
  [6, takeBack],
  [5, refundPart],
];

export function visit(): void {
  const dice = Math.random() * 100;
  let sum = 0;
  const chosen = mix.find(([share]) => {
    sum += share;
    return dice < sum;
  });
  if (chosen === undefined) lookAtBalances(nextCard(order.holders));
  else chosen[1](nextCard());
}

function askAgain(own: OwnCard): void {
  const { call, answer } = payAtShop(own);
  const again = post({ ...call, attempt: 1 });
  const isSame = again.status === answer.status && again.text === answer.text;
  expectThat('a repeat is answered with the same bytes', isSame && again.replayed, again.text);
}

/** A capture, void or refund of what was approved, at the terminal that it was approved at. */
function followUp(of: { approved: Answer; terminalId: number }, step: string, more: object): Answer {
  const trace = nextTrace();
  const [path, what] = [
    step.replace('ID', String(of.approved.json?.transactionId)),
    `after-${step.slice(-4)}`,
  ];
  const answer = post({
    path,
    body: { ...trace, ...more },
    terminalId: of.terminalId,
    key: keyOf(trace, what),
  });
  expectThat(`${step} is approved`, answer.status === 200 && !answer.replayed, answer.text);
  return answer;
}

function hold(own: OwnCard, amount: number) {
  const trace = nextTrace();
  const terminalId = someShop();
  const body = { sector: 'shops', cardNumber: own.number, amount, currency: 'CNY', ...trace };
  const approved = post({ path: '/v1/holds', body, terminalId, key: keyOf(trace, 'hold') });
  expectThat('money is held', approved.status === 200 && approved.json?.amount === amount, approved.text);
  expectThat('what is held moves nothing', approved.json?.purses?.length === 0, approved.text);
  countPosting(approved, 0);
  return { approved, terminalId };
}

function holdAndCapture(own: OwnCard): void {
  const amount = someAmount();
  const captured = amount - 50;
  const more = { amount: captured, currency: 'CNY', final: true };
  const answer = followUp(hold(own, amount), '/v1/holds/ID/captures', more);
  expectMoved(own, answer, { purse: 'online', fen: -captured });
  countPosting(answer, captured);
}

function holdAndLetGo(own: OwnCard): void {
  const answer = followUp(hold(own, someAmount()), '/v1/holds/ID/void', {});
  countPosting(answer, 0);
}

function takeBack(own: OwnCard): void {
  const amount = someAmount();
  const { call, answer: approved } = payAtShop(own, amount);
  const answer = followUp({ approved, terminalId: call.terminalId }, '/v1/transactions/ID/void', {});
  expectMoved(own, answer, { purse: 'online', fen: amount });
  countPosting(answer, -amount);
}

function refundPart(own: OwnCard): void {
  const { call, answer: approved } = payAtShop(own);
  const more = { amount: 60, currency: 'CNY' };
  const answer = followUp({ approved, terminalId: call.terminalId }, '/v1/transactions/ID/refunds', more);
  expectMoved(own, answer, { purse: 'online', fen: 60 });
  countPosting(answer, -60);
}

function lookAtBalances(own: OwnCard): void {
  const answer = look(`/v1/card-accounts/${cardAccountId(own.card)}/balances`, holderToken(own.card));
  expectThat('a holder sees the own balances', answer.status === 200, answer.text);
  countLook(answer);
  const purses = (answer.json?.purses ?? []) as { purse: string; posted: number; held: number }[];
  const online = purses.find(({ purse }) => purse === 'online');
  expectThat('nothing is held that was let go', online?.held === 0, answer.text);
  if (online !== undefined) expectBalance(own, 'online', { found: online.posted, movedFen: 0 });
}
