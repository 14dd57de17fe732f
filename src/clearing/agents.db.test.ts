import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { sessionOf } from '#platform/postgres.ts';
import { insertAgents } from '#sectors/top-up/store.ts';
import { findDrift } from '#testing/drift.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { cardRef, town, townRequest } from '#testing/town.ts';
import type { Clearing } from './open.ts';
import type { Answer } from './outcome.ts';

const cards = 40;
const amountFen = fen(1_000);
const canLoad = 20;
/** The town's bank is an agent here: it has a limit. */
const agentId = town.bankId;

let house: TestTown;
let here: Clearing;
let there: Clearing;
let traces = 0;
let day = 0;

beforeAll(async () => {
  house = await openTestTown({ merchants: 1, cards });
  const agents = [{ participantId: agentId, perDayFen: BigInt(canLoad) * amountFen }];
  await insertAgents(sessionOf(house.owner), agents);
  // The clock of the test: a day of its own for each test.
  const clock = (nowMs: number) => nowMs + day * 86_400_000;
  here = await house.open({ lanes: 2, clock });
  there = await house.open({ lanes: 2, clock });
});
afterAll(async () => {
  expect(await findDrift(house.pool)).toEqual([]);
  await house.close();
});

const load = (card: number) =>
  townRequest(traces++, {
    kind: 'load',
    sector: 'top-up',
    terminalId: town.bankTerminal,
    card: cardRef(card),
    amountFen,
    detail: { purse: 'online' },
  });
const submit = (place: number, request: ReturnType<typeof load>) =>
  (place % 2 === 0 ? here : there).submit({ request, isRepeat: false });
const count = (answers: readonly Answer[], refusal: string | null) =>
  answers.filter((answer) => answer.status === 'decided' && answer.refusal === refusal).length;
const used = async () =>
  (await house.pool.query('select used_fen, per_day_fen from top_up.agents')).rows[0] as {
    used_fen: bigint;
    per_day_fen: bigint;
  };

describe('an agent that takes cash', () => {
  test('on two instances at once reaches its limit exactly, whoever loads first, and passes it by no fen', async () => {
    for (let round = 0; round < 5; round++) {
      day += 1;
      const answers = await Promise.all(Array.from({ length: cards }, (_, card) => submit(card, load(card))));
      expect(count(answers, null)).toBe(canLoad);
      expect(count(answers, 'over-agent-limit')).toBe(cards - canLoad);
      expect((await used()).used_fen).toBe((await used()).per_day_fen);
    }
  });

  test('with the same cards in opposite order on two instances never waits in a ring', async () => {
    day += 1;
    const forth = Array.from({ length: 10 }, (_, card) => submit(0, load(card)));
    const back = Array.from({ length: 10 }, (_, card) => submit(1, load(9 - card)));
    expect(count(await Promise.all([...forth, ...back]), null)).toBe(canLoad);
  });

  test('may load again what was taken back on the same day', async () => {
    day += 1;
    const first = load(0);
    expect(await submit(0, first)).toMatchObject({ refusal: null });
    expect((await used()).used_fen).toBe(amountFen);
    const reversal = {
      ...load(0),
      kind: 'reversal' as const,
      original: { id: null, businessKey: first.businessKey },
    };
    expect(await submit(1, reversal)).toMatchObject({ refusal: null });
    expect((await used()).used_fen).toBe(0n);
  });
});
