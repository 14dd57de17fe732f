import { describe, expect, test } from 'vitest';
import type { Refusal } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { accountId } from '#ledger/rules/accounts.ts';
import { openHoldsMax } from '#ledger/rules/holds.ts';
import { fen } from '#money/fen.ts';
import {
  clearOne,
  fresh,
  load,
  noonMs,
  noPrices,
  runFor,
  smallBooks,
  stand,
  tap,
} from '#testing/small/group.ts';
import { cardRef, town } from '#testing/town.ts';
import { paymentEffect, post } from './payment-effects.ts';
import type { Effect } from './run.ts';

const online = accountId(cardRef(0).cardAccountId, 'online');
const ePurse = accountId(cardRef(0).cardAccountId, 'e-purse');
const payable = accountId(1n, 'payable');

function effectOf(request: Request, stands?: Parameters<typeof smallBooks>[0]): Effect | Refusal {
  return paymentEffect(runFor(smallBooks(stands), request), request, 77n);
}

const postings = (effect: Effect | Refusal) =>
  typeof effect === 'string' ? effect : effect.postings.map((leg) => [leg.accountId, leg.amountFen]);

describe('a payment', () => {
  test('it takes from the purse and is owed to the participant, in the order of the accounts', () => {
    const effect = effectOf(fresh({ amountFen: fen(300) }));
    expect(postings(effect)).toEqual([
      [payable, 300n],
      [online, -300n],
    ]);
    expect(effect).toMatchObject({
      accounts: [{ id: online, balanceFen: 99_700n }],
      holds: [],
      originalId: null,
    });
  });

  test('a ride is paid from the e-purse first, and the online account pays the rest', () => {
    expect(postings(effectOf(tap(), { 'e-purse': 150, online: 1_000 }))).toEqual([
      [accountId(BigInt(town.operatorId), 'payable'), 200n],
      [ePurse, -150n],
      [online, -50n],
    ]);
  });

  test('a payment that cannot be is refused, and the sector keeps nothing of it', () => {
    expect(effectOf(fresh({ amountFen: fen(301) }), { online: 300 })).toBe('insufficient-funds');
    expect(effectOf(fresh({ amountFen: fen(50_001) }))).toBe('over-payment-limit');
    expect(effectOf(fresh({ amountFen: null }))).toBe('amount-missing');
    expect(effectOf(tap(), {})).toBe('purse-not-open');
  });

  test('what the sector keeps goes with the payment', () => {
    expect(effectOf(fresh({ amountFen: fen(300) }))).toMatchObject({
      sectorState: { sector: 'shops', state: { day: '2026-11-22', spentFen: 300n } },
    });
  });

  test('a free transfer is approved and moves nothing', () => {
    const books = smallBooks();
    clearOne(books, tap());
    const reference = books.stateOf([], noonMs).reference;
    const free = new Map(reference.tariffs).set('transit', {
      ...noPrices,
      tariffs: new Map([
        [
          `${town.operatorId} *`,
          [
            {
              participantId: town.operatorId,
              line: '*',
              effectiveFrom: '2020-01-01',
              fareFen: 200n,
              transferRate: '0',
              transferWindowMinutes: 60,
            },
          ],
        ],
      ]),
    });
    const request = tap();
    const run = runFor(books, request);
    const effect = paymentEffect(
      { ...run, state: { ...run.state, reference: { ...reference, tariffs: free } } },
      request,
      78n,
    );
    expect(effect).toMatchObject({ postings: [], accounts: [], holds: [] });
  });
});

describe('a load', () => {
  test('the bank owes what it loads into the purse', () => {
    expect(postings(effectOf(load(500, 'e-purse')))).toEqual([
      [accountId(BigInt(town.bankId), 'receivable'), -500n],
      [ePurse, 500n],
    ]);
  });

  test('a purse that the bank may not load, or that is not open, is not loaded', () => {
    expect(effectOf(load(500, 'medical'))).toBe('purse-not-allowed');
    expect(effectOf(load(500, 'e-purse'), { online: 1 })).toBe('purse-not-open');
  });

  test('a place that loads takes no payments, and a place that is paid takes no loads', () => {
    expect(effectOf({ ...load(500, 'online'), kind: 'payment' })).toBe('kind-not-allowed');
    expect(effectOf(fresh({ kind: 'load' }))).toBe('kind-not-allowed');
    expect(effectOf(fresh({ sector: 'nowhere' }))).toBe('kind-not-allowed');
  });
});

describe('an authorisation', () => {
  test('it holds and moves nothing, and stands for seven days', () => {
    const effect = effectOf(fresh({ kind: 'authorise', amountFen: fen(300) }));
    expect(effect).toMatchObject({
      postings: [],
      accounts: [{ id: online, balanceFen: 100_000n, heldFen: 300n }],
      holds: [{ entryId: 77n, accountId: online, amountFen: 300n, expiresAtMs: noonMs + 7 * 86_400_000 }],
    });
  });

  test('it is over an amount that the terminal names', () => {
    expect(effectOf(fresh({ kind: 'authorise', amountFen: null }))).toBe('amount-missing');
    expect(effectOf(tap({ kind: 'authorise' }))).toBe('amount-missing');
  });

  test(`a purse carries ${openHoldsMax} holds and no more, however they come: one by one or in a group`, () => {
    const authorise = () => fresh({ kind: 'authorise', amountFen: fen(1) });
    const [single, grouped] = [smallBooks(), smallBooks()];
    const answers = Array.from({ length: openHoldsMax + 2 }, () => clearOne(single, authorise()).refusal);
    const together = grouped.clear(Array.from({ length: openHoldsMax + 2 }, authorise), noonMs);
    expect(answers.slice(openHoldsMax - 1)).toEqual([null, 'too-many-holds', 'too-many-holds']);
    expect(together.map((decision) => 'refusal' in decision && decision.refusal)).toEqual(answers);
    expect(stand(single, 'online')).toEqual([100_000n, BigInt(openHoldsMax)]);
    const later = noonMs + 7 * 86_400_000;
    expect(clearOne(single, authorise(), later).refusal, 'those whose time is over do not count').toBeNull();
    expect(stand(single, 'online')).toEqual([100_000n, 1n]);
  });
});

test('what is posted is posted in the order of the accounts, or not at all', () => {
  const run = runFor(smallBooks(), fresh());
  const legs = [
    { accountId: online, amountFen: fen(-5) },
    { accountId: payable, amountFen: fen(5) },
  ];
  expect(postings(post(run, legs))).toEqual([
    [payable, 5n],
    [online, -5n],
  ]);
  expect(() => post(run, legs.slice(1))).toThrow('sums to zero');
});
