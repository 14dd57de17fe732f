import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { callerKey } from '#idempotency/rules/keys.ts';
import { accountId } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import { findDrift } from '#testing/drift.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { cardRef, townRequest } from '#testing/town.ts';
import type { Clearing } from './open.ts';
import type { Answer } from './outcome.ts';
import type { Request } from './request.ts';

const rounds = inject('raceRounds');
const cards = 8;
/** So many that two of them lie in one of the 256 buckets. */
const townCards = 300;
const chargesAtOnce = 20;
const canPay = chargesAtOnce / 2;

let opened: TestTown;
let here: Clearing;
let there: Clearing;
let traces = 0;
/** How often a group had to run again, because the other instance was first. */
const runAgain: string[] = [];

beforeAll(async () => {
  opened = await openTestTown({ merchants: 2, cards: townCards });
  const watch = {
    groupCleared: () => undefined,
    groupRunAgain: (reason: string) => void runAgain.push(reason),
    answeredEarly: () => undefined,
    fault: () => undefined,
  };
  here = await opened.open({ lanes: 2, watch });
  there = await opened.open({ lanes: 2, watch });
});
afterAll(async () => {
  expect(await findDrift(opened.pool)).toEqual([]);
  await opened.close();
});

const request = (over: Partial<Request> = {}) => townRequest(traces++, over);
const submit = (instance: Clearing, one: Request) => instance.submit({ request: one, isRepeat: false });
const approved = (answers: readonly Answer[]) =>
  answers.filter((answer) => answer.status === 'decided' && answer.refusal === null);
const idsOf = (answers: readonly Answer[]) =>
  new Set(answers.map((answer) => (answer.status === 'decided' ? answer.id : answer.status)));

async function balanceOf(card: number): Promise<bigint> {
  const id = accountId(cardRef(card).cardAccountId, 'online');
  const { rows } = await opened.pool.query<{ balance_fen: bigint }>(
    'select balance_fen from ledger.accounts where id = $1',
    [id],
  );
  return rows[0]?.balance_fen ?? -1n;
}

async function load(card: number, amount: bigint): Promise<void> {
  const over = {
    kind: 'load',
    sector: 'top-up',
    terminalId: 90_000_002,
    detail: { purse: 'online' },
  } as const;
  const answer = await submit(here, request({ ...over, card: cardRef(card), amountFen: fen(amount) }));
  expect(answer).toMatchObject({ refusal: null });
}

describe('two instances, one purse', () => {
  test(`of ${chargesAtOnce} charges at once a purse that can pay ${canPay} pays ${canPay}, every time`, {
    timeout: 30_000 + rounds * 500,
  }, async () => {
    for (let round = 0; round < rounds; round++) {
      const card = round % cards;
      await load(card, BigInt(canPay) * 100n);
      const charges = Array.from({ length: chargesAtOnce }, (_, i) =>
        submit(i % 2 === 0 ? here : there, request({ card: cardRef(card) })),
      );
      const answers = await Promise.all(charges);
      expect(approved(answers)).toHaveLength(canPay);
      const declined = answers.filter(
        (answer) => answer.status === 'decided' && answer.refusal === 'insufficient-funds',
      );
      expect(declined).toHaveLength(canPay);
      const balances = approved(answers).map((answer) => answer.status === 'decided' && answer.legs.at(-1));
      expect(balances).toHaveLength(canPay);
      expect(await balanceOf(card)).toBe(0n);
    }
  });
});

describe('two instances, one key', () => {
  const raceTwice = async (first: Request, second: Request) => {
    const answers = await Promise.all([submit(here, first), submit(there, second)]);
    const { rows } = await opened.pool.query<{ id: bigint; bucket: number }>(
      'select id, bucket from idempotency.outcomes where business_key = any($1::uuid[]) order by id',
      [[first.businessKey, second.businessKey]],
    );
    return { answers, rows };
  };

  test('the same request to both is one transaction, and both are told the same id', async () => {
    await load(20, 1_000_000n);
    for (let round = 0; round < rounds; round++) {
      const one = request({ card: cardRef(20) });
      const { answers, rows } = await raceTwice(one, one);
      expect(rows).toHaveLength(1);
      expect(idsOf(answers)).toEqual(new Set([rows[0]?.id]));
      expect(approved(answers)).toHaveLength(2);
      const replays = answers.filter((answer) => answer.status === 'decided' && answer.replay);
      expect(replays).toHaveLength(1);
    }
    expect(await balanceOf(20)).toBe(1_000_000n - BigInt(rounds) * 100n);
  });

  test('one business key under two callers’ keys is one transaction', async () => {
    await load(21, 1_000_000n);
    for (let round = 0; round < rounds; round++) {
      const one = request({ card: cardRef(21) });
      const again = { ...one, callerKey: callerKey('another', String(round)) };
      const { answers, rows } = await raceTwice(one, again);
      expect(rows).toHaveLength(1);
      expect(idsOf(answers)).toEqual(new Set([rows[0]?.id]));
    }
    expect(await balanceOf(21)).toBe(1_000_000n - BigInt(rounds) * 100n);
  });

  test('one caller’s key for two trace numbers is one transaction, and the other is told the key was used', async () => {
    await load(22, 1_000_000n);
    for (let round = 0; round < rounds; round++) {
      const one = request({ card: cardRef(22) });
      const other = { ...request({ card: cardRef(22) }), callerKey: one.callerKey };
      const { answers, rows } = await raceTwice(one, other);
      expect(rows).toHaveLength(1);
      expect(answers.filter((answer) => answer.status === 'key-reused')).toHaveLength(1);
    }
  });

  /** Two cards of the town whose rows lie in one bucket, or in two. */
  const cardsWhere = (sameBucket: boolean): [number, number] => {
    for (let a = 0; a < townCards; a++)
      for (let b = a + 1; b < townCards; b++)
        if ((cardRef(a).bucket === cardRef(b).bucket) === sameBucket) return [a, b];
    throw new Error('the town is too small');
  };

  test.each([
    ['one bucket', true],
    ['two buckets', false],
  ])(
    'one key with two cards of %s at the very same moment is one transaction: the unique index stands in the way',
    async (_, sameBucket) => {
      const [a, b] = cardsWhere(sameBucket);
      await load(a, 1_000_000n);
      await load(b, 1_000_000n);
      runAgain.length = 0;
      for (let round = 0; round < rounds; round++) {
        const one = request({ card: cardRef(a) });
        const { answers, rows } = await raceTwice(one, { ...one, card: cardRef(b) });
        expect(rows).toHaveLength(1);
        expect(approved(answers)).toHaveLength(1);
        expect(answers).toContainEqual({ status: 'key-reused', field: 'cardId' });
        const third = await submit(here, { ...one, card: cardRef(cards) });
        expect(third).toEqual({ status: 'key-reused', field: 'cardId' });
      }
      // No lock is shared by two cards, so it was the index.
      expect(new Set(runAgain)).toEqual(new Set(['run-again']));
    },
  );

  test('one key with two cards, one after the other, is one transaction, whatever the buckets', async () => {
    const [a, b] = cardsWhere(false);
    const one = request({ card: cardRef(a) });
    expect(await submit(here, one)).toMatchObject({ refusal: null });
    expect(await submit(there, { ...one, card: cardRef(b) })).toEqual({
      status: 'key-reused',
      field: 'cardId',
    });
  });
});
