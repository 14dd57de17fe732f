import { readBalances } from '#ledger/balances.ts';
import { readHistory } from '#ledger/history.ts';
import { treeCpuUs } from '#loadtest/bench/figures/cpu.ts';
import { percentiles } from '#loadtest/bench/figures/measured.ts';
import type { Ours } from '#loadtest/bench/our-way.ts';
import { readAnswer, requestOf } from '#loadtest/bench/our-way.ts';
import type { World } from '#loadtest/bench/world.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import { cardRef } from '#testing/town.ts';

/** How long a kind of look takes, one after the other, and what it costs PostgreSQL. */
export interface Look {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time, which a busy machine does not change as it does the rest. */
  readonly cpuUs: number;
}

/** A holder's looks. */
export interface Looks {
  readonly balance: Look;
  readonly history: Look;
}

/** Who looks at a card, by its number in the town, and says whether all of it was there. */
export interface Looker {
  balance(card: number): Promise<boolean>;
  history(card: number): Promise<boolean>;
}

/** Cards that have a full first page before anything is compared: a longer page is no slower journal. */
export const busyCards = 500;
const paymentsEach = 25;
/** One more than a page shows, which tells whether there is another. */
const pageLimit = 21;
const looksEach = 4;

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
export async function measureLooks(world: World, looker: Looker): Promise<Looks> {
  const balance = await measureLook(world, looker.balance);
  return { balance, history: await measureLook(world, looker.history) };
}

/** The looks in the database alone, without what the service does before and after them. */
export async function measureLooksInside(world: World, pool: Pool): Promise<Looks> {
  const client = await pool.connect();
  try {
    const session = sessionOf(client);
    return await measureLooks(world, {
      balance: async (card) => (await readBalances(session, cardRef(card).cardAccountId)).length > 0,
      history: async (card) => {
        const page = { before: null, limit: pageLimit };
        return (await readHistory(session, cardRef(card).cardAccountId, page)).length === pageLimit;
      },
    });
  } finally {
    client.release();
  }
}

async function measureLook({ postgresPid }: World, look: (card: number) => Promise<boolean>): Promise<Look> {
  const looks = busyCards * looksEach;
  const times: number[] = [];
  const cpuBefore = treeCpuUs(postgresPid);
  for (let n = 0; n < looks; n++) {
    // Neighbours lie in the same pages of the tables: cards are looked at far from each other.
    const card = (n * 317) % busyCards;
    const startedAt = performance.now();
    if (!(await look(card))) throw new Error('a look that shows too little');
    times.push(performance.now() - startedAt);
  }
  return { ...percentiles(times), cpuUs: (treeCpuUs(postgresPid) - cpuBefore) / looks };
}
