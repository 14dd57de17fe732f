import { readBalances } from '#ledger/balances.ts';
import { readHistory } from '#ledger/history.ts';
import { percentiles } from '#loadtest/bench/figures/measured.ts';
import type { Ours } from '#loadtest/bench/our-way.ts';
import { readAnswer, requestOf } from '#loadtest/bench/our-way.ts';
import type { World } from '#loadtest/bench/world.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import { cardRef } from '#testing/town.ts';

/** How long a holder's looks take in the database, one after the other. */
export interface Looks {
  readonly balance: { readonly p50Ms: number; readonly p99Ms: number };
  readonly history: { readonly p50Ms: number; readonly p99Ms: number };
}

/** Cards that have a full first page before anything is compared: a longer page is no slower journal. */
const busyCards = 500;
const paymentsEach = 25;
const pageLimit = 21;
const looksEach = 6;

/** Pays with the busy cards until each has more than a page. Gives how many payments that were. */
export async function fillPages(world: World, ours: Ours): Promise<number> {
  for (let turn = 0; turn < paymentsEach; turn++) {
    const first = world.sequence.take(busyCards);
    const answers = Array.from({ length: busyCards }, (_, card) => {
      const request = requestOf({ n: first + card, card, merchant: 1 + card, amountFen: 100 });
      return ours.clearing.submit({ request, isRepeat: false });
    });
    for (const answer of await Promise.all(answers))
      if (readAnswer(answer).declined) throw new Error('a busy card has no money');
  }
  return busyCards * paymentsEach;
}

/** Looks at balance and first history page of each busy card, several times over. */
export async function measureLooks(pool: Pool): Promise<Looks> {
  const client = await pool.connect();
  try {
    const session = sessionOf(client);
    const [balance, history]: [number[], number[]] = [[], []];
    for (let look = 0; look < busyCards * looksEach; look++) {
      // Neighbours lie in the same pages of the tables: cards are looked at far from each other.
      const { cardAccountId } = cardRef((look * 317) % busyCards);
      const startedAt = performance.now();
      const purses = await readBalances(session, cardAccountId);
      const balanceAt = performance.now();
      const page = await readHistory(session, cardAccountId, { before: null, limit: pageLimit });
      const historyAt = performance.now();
      if (purses.length === 0 || page.length !== pageLimit) throw new Error('a look that shows too little');
      balance.push(balanceAt - startedAt);
      history.push(historyAt - balanceAt);
    }
    return { balance: percentiles(balance), history: percentiles(history) };
  } finally {
    client.release();
  }
}
