import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { CardStatus } from '#cards/rules/status.ts';
import type { CardRef } from '#cards/store.ts';
import { accountCode, accountOwner } from '#ledger/rules/accounts.ts';
import { sessionOf } from '#platform/postgres.ts';
import { findDrift } from '#testing/drift.ts';
import { heldNow, type MemoryClearing, memoryClearing } from '#testing/model/memory-clearing.ts';
import { buildModelTown, cardRow, episodeCards } from '#testing/model/model-town.ts';
import { naivePurses, playEpisode } from '#testing/model/play.ts';
import { drawEpisode } from '#testing/model/random-requests.ts';
import { seededRandom } from '#testing/model/seeded-random.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { town } from '#testing/town.ts';
import type { Refusal } from './outcome.ts';
import { keepReference } from './reference.ts';
import type { Request } from './request.ts';
import { decide } from './rules/decide.ts';
import type { Reference } from './rules/state.ts';

/** One database holds this many: its clock must not reach the year in which the cards expire. */
const episodesPerTown = 60;
const requestsPerEpisode = 200;
const requests = inject('modelRequests');
const episodes = Math.ceil(requests / requestsPerEpisode);
/** Deciding alone is fast, so it is tried on fifty times as many. */
const pureEpisodes = episodes * 50;
/** A burst has up to forty requests: it is one group, or several, or each request is one. */
const groupSizes = [9, 40, 1, 3];
const startMs = Date.UTC(2026, 10, 22, 0, 0);
const timeoutMs = 60_000 + requests * 20;

/** Every refusal that the sequences are to meet. Too many holds on a purse is tried beside the rule. */
const refusalsMet: ReadonlySet<string> = new Set<Refusal>([
  'already-returned',
  'amount-missing',
  'amount-not-expected',
  'batch-mismatch',
  'capture-exceeds-hold',
  'card-closed',
  'card-expired',
  'card-locked',
  'card-lost',
  'card-not-active',
  'hold-not-open',
  'insufficient-funds',
  'kind-not-allowed',
  'not-returnable',
  'original-mismatch',
  'original-not-found',
  'over-balance-limit',
  'over-day-limit',
  'over-payment-limit',
  'participant-not-active',
  'pin-required',
  'purse-not-allowed',
  'purse-not-open',
  'refund-exceeds-original',
  'reversed-before-arrival',
  'terminal-not-active',
]);

const drawn = (seed: number, episode: number, from = startMs) =>
  drawEpisode({
    seed,
    startMs: from,
    cards: episodeCards(episode),
    firstTrace: episode * 1_000,
    requests: requestsPerEpisode,
    burstMax: 1 + (seed % 40),
    undoing: seed % 3 === 0,
  });

describe('decided in memory', () => {
  let first: TestTown;
  let reference: Reference;
  beforeAll(async () => {
    first = await openTestTown((owner) => buildModelTown(owner, 1));
    reference = (await keepReference(sessionOf(first.pool))).current();
  });
  afterAll(() => first.close());

  /** Groups of a burst: cut wherever `cut` says so. */
  const play = async (seed: number, cut: () => boolean) => {
    const cards = episodeCards(0);
    const memory = memoryClearing(
      reference,
      town.firstDay,
      cards.map((card) => ({ card, ...cardRow(card) })),
    );
    const bursts = drawn(seed, 0);
    const played = await playEpisode(
      {
        clear: (burst, nowMs) => groupsOf(burst, cut).flatMap((group) => memory.clear(group, nowMs)),
        setStatus: (card, status) => setStatus(memory, card, status),
      },
      { seed, cards, bursts },
    );
    const nowMs = bursts.at(-1)?.nowMs ?? 0;
    expect(pursesInMemory(memory, nowMs), `seed ${seed}`).toEqual(naivePurses(played.books, cards, nowMs));
    return played.answers;
  };

  test('every outcome and every purse is that of the naive books', { timeout: timeoutMs }, async () => {
    const refusals = new Set<string>();
    for (let seed = 0; seed < pureEpisodes; seed++) {
      const random = seededRandom(seed);
      const answers = await play(seed, () => random.chance(20));
      for (const answer of answers)
        refusals.add(answer.split(' ').find((word) => refusalsMet.has(word)) ?? '');
    }
    // A sequence that never meets a refusal says nothing about it.
    expect(refusals.size - 1).toBe(refusalsMet.size);
  });

  test('how a sequence is cut into groups does not matter for money', { timeout: timeoutMs }, async () => {
    for (let seed = 0; seed < Math.min(episodes, 200); seed++) {
      const random = seededRandom(seed);
      const whole = await play(seed, () => false);
      expect(await play(seed, () => true)).toEqual(whole);
      expect(await play(seed, () => random.chance(30))).toEqual(whole);
    }
  });

  test('the same requests and state give the same decisions and writes, and leave the state alone', () => {
    const cards = episodeCards(0);
    const memory = memoryClearing(
      reference,
      town.firstDay,
      cards.map((card) => ({ card, ...cardRow(card) })),
    );
    let compared = 0;
    for (const { nowMs, drafts } of drawn(7, 0)) {
      const burst = drafts.flatMap((draft) =>
        draft.original === null ? [{ ...draft, original: null }] : [],
      );
      const state = memory.stateOf(burst, nowMs);
      const { reference: _, ...before } = structuredClone({ ...state, reference: null });
      const once = decide(burst, state);
      expect(decide(burst, state)).toEqual(once);
      expect({ ...state, reference: undefined }).toEqual(before);
      memory.clear(burst, nowMs);
      compared += once.writes.outcomes.length;
    }
    expect(compared).toBeGreaterThan(100);
  });
});

describe('cleared in PostgreSQL', () => {
  const towns = Math.ceil(episodes / episodesPerTown);

  /** A lane, so that the order of arrival is one order; a burst is cut into groups as the queue has it. */
  const playTown = async (first: number, count: number) => {
    const opened = await openTestTown((owner) => buildModelTown(owner, count));
    // The model lets a status follow any other; the life of cards is another room's.
    await opened.owner.query('alter table cards.cards disable trigger cards_forward');
    let clockMs = startMs;
    const clearing = await opened.open({
      groupSizeMax: groupSizes[(first / episodesPerTown) % groupSizes.length] ?? 1,
      clock: () => clockMs,
    });
    try {
      for (let episode = 0; episode < count; episode++) {
        const seed = 1_000_000 + first + episode;
        const cards = episodeCards(episode);
        const bursts = drawn(seed, episode, clockMs);
        const { books } = await playEpisode(
          {
            clear: (burst, nowMs) => {
              clockMs = nowMs;
              return Promise.all(burst.map((request) => clearing.submit({ request, isRepeat: false })));
            },
            setStatus: async ({ cardId }, status) => {
              await opened.owner.query('update cards.cards set status = $1 where id = $2', [status, cardId]);
            },
          },
          { seed, cards, bursts },
        );
        const purses = await pursesInPostgres(opened, cards, clockMs);
        expect(purses, `seed ${seed}`).toEqual(naivePurses(books, cards, clockMs));
      }
      expect(await findDrift(opened.pool)).toEqual([]);
      const { rows } = await opened.pool.query('select count(*)::int as kept from ledger.postings');
      expect(rows[0]).toEqual({ kept: expect.toSatisfy((kept: number) => kept > count * 50) });
    } finally {
      await opened.close();
    }
  };

  test.for(Array.from({ length: towns }, (_, i) => i * episodesPerTown))(
    'every outcome and every purse is that of the naive books (from episode %i)',
    { timeout: timeoutMs },
    (first) => playTown(first, Math.min(episodesPerTown, episodes - first)),
  );
});

async function pursesInPostgres(
  { pool }: TestTown,
  cards: readonly CardRef[],
  nowMs: number,
): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ id: bigint; balance_fen: bigint; held: bigint }>(
    `select id, balance_fen, (
        select coalesce(sum(amount_fen - captured_fen - freed_fen), 0)::bigint from ledger.holds h
        where h.account_id = a.id and state = 1 and expires_at > to_timestamp($2 / 1000.0)) as held
      from ledger.accounts a where owner_id = any($1) order by id`,
    [cards.map((card) => card.cardAccountId), nowMs],
  );
  return new Map(
    rows.map((row) => [
      `${accountOwner(row.id)} ${accountCode(row.id)}`,
      `${row.balance_fen} held ${row.held}`,
    ]),
  );
}

function groupsOf(burst: readonly Request[], cut: () => boolean): Request[][] {
  const groups: Request[][] = [[]];
  for (const request of burst) {
    if ((groups.at(-1)?.length ?? 0) > 0 && cut()) groups.push([]);
    groups.at(-1)?.push(request);
  }
  return groups;
}

function setStatus(memory: MemoryClearing, { cardId }: CardRef, status: CardStatus): void {
  const card = memory.cards.get(cardId);
  if (card !== undefined) memory.cards.set(cardId, { ...card, status });
}

function pursesInMemory({ accounts, holds }: MemoryClearing, nowMs: number): Map<string, string> {
  return new Map(
    [...accounts.values()].map(({ id, balanceFen }) => [
      `${accountOwner(id)} ${accountCode(id)}`,
      `${balanceFen} held ${heldNow(holds.values(), id, nowMs)}`,
    ]),
  );
}
