import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { sessionOf } from '#platform/postgres.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { type Till, tillBefore } from '#testing/till.ts';
import { loadTown, merchantTerminal, town } from '#testing/town.ts';
import { insertLimits, insertMccRules } from './store.ts';

let opened: TestTown;
let till: Till;
const since = '2021-01-01';
const betting = merchantTerminal(2);

beforeAll(async () => {
  opened = await openTestTown({ merchants: 2, cards: 1 });
  const owner = sessionOf(opened.owner);
  const clearing = await opened.open();
  await loadTown(clearing, { cards: 1, amountFen: 100_000n });
  till = tillBefore(clearing);
  // The running instance meets the new version in its next group.
  await opened.owner.query("update participants.participants set mcc = '7995' where id = 2");
  await insertLimits(owner, [
    {
      product: town.product,
      effectiveFrom: since,
      perPaymentFen: 5_000n,
      perDayFen: 9_000n,
      pinFreeFen: 1_000n,
    },
  ]);
  await insertMccRules(owner, [
    {
      product: '*',
      mcc: '7995',
      effectiveFrom: since,
      verdict: 'blocked',
      perPaymentFen: null,
      perDayFen: null,
    },
  ]);
});
afterAll(() => opened?.close());

describe('a payment in a shop', () => {
  test('above what is free of a PIN it needs one, and a decline for the lack of it is pinned', async () => {
    expect((await till({ amountFen: fen(1_000) })).refusal).toBeNull();
    expect((await till({ amountFen: fen(1_001) })).refusal).toBe('pin-required');
    expect((await till({ amountFen: fen(1_001), pin: 'right' })).refusal).toBeNull();
    expect((await till({ amountFen: fen(5_001), pin: 'right' })).refusal).toBe('over-payment-limit');
  });

  test('a category that is blocked takes nothing, also held and with a PIN', async () => {
    const there = { terminalId: betting, pin: 'right' } as const;
    expect((await till(there)).refusal).toBe('merchant-category-not-allowed');
    expect((await till({ ...there, kind: 'authorise' })).refusal).toBe('merchant-category-not-allowed');
  });

  test('a block is lifted by a later row, and a category may have limits of its own', async () => {
    const rule = { product: '*', mcc: '7995', verdict: 'limits' as const, perDayFen: null };
    await insertMccRules(sessionOf(opened.owner), [
      { ...rule, effectiveFrom: '2022-01-01', perPaymentFen: 300n },
    ]);
    expect((await till({ terminalId: betting, amountFen: fen(300) })).refusal).toBeNull();
    expect((await till({ terminalId: betting, amountFen: fen(301) })).refusal).toBe('over-payment-limit');
  });

  test('what a PIN was checked for is said nowhere in the books', async () => {
    const { rows } = await opened.owner.query(
      "select 1 from idempotency.outcomes where detail ilike '%pin%'",
    );
    expect(rows).toEqual([]);
  });
});
