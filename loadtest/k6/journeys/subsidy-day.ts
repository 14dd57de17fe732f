import { countLook, expectThat, runs, summarise } from './parts/figures.ts';
import { cardAccountId, holderToken } from './parts/names.ts';
import { order } from './parts/order.ts';
import { expectBalance, known, learn, nextCard, type OwnCard } from './parts/own-cards.ts';
import { payAtShop } from './parts/shop.ts';
import { look } from './parts/signed-call.ts';

/** Subsidy day: while a run pays every holder's allowance, holders look whether it has come, and spend. */
export const options = runs('visit');
export const handleSummary = summarise;

/** What `loadtest/subsidy` pays to each. */
const allowanceFen = 9_000;

export function visit(): void {
  const own = nextCard(order.holders);
  const dice = Math.random();
  if (dice < 0.5) lookAtBalances(own);
  else if (dice < 0.7) lookAtHistory(own);
  else payAtShop(own);
}

const path = (own: OwnCard, what: string) => `/v1/card-accounts/${cardAccountId(own.card)}/${what}`;

function lookAtBalances(own: OwnCard): void {
  const answer = look(path(own, 'balances'), holderToken(own.card));
  countLook(answer);
  const purses = (answer.json?.purses ?? []) as { purse: string; posted: number }[];
  const online = purses.find(({ purse }) => purse === 'online');
  expectThat('a holder sees the own balances', answer.status === 200 && online !== undefined, answer.text);
  if (online !== undefined) expectBalance(own, 'online', { found: online.posted, movedFen: 0 });
  const allowance = purses.find(({ purse }) => purse === 'elder-care')?.posted ?? 0;
  const before = known(own, 'elder-care') ?? 0;
  const isPaidOnce = allowance === 0 || allowance === allowanceFen;
  expectThat('an allowance comes once, whole, and stays', isPaidOnce && allowance >= before, answer.text);
  learn(own, 'elder-care', allowance);
}

function lookAtHistory(own: OwnCard): void {
  const answer = look(path(own, 'history?limit=20'), holderToken(own.card));
  countLook(answer);
  const entries = (answer.json?.entries ?? []) as { purses: { purse: string; balance: number }[] }[];
  const last = entries.flatMap(({ purses }) => purses).find(({ purse }) => purse === 'online');
  expectThat('a holder sees the own history', answer.status === 200 && last !== undefined, answer.text);
  const before = known(own, 'online');
  const isNow = before === undefined || last?.balance === before;
  expectThat('the history begins with the balance as it is', isNow, { before, last });
}
