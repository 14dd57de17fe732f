import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { fresh, load, noonMs, runFor, smallBooks, smallReference, tap } from '#testing/small/group.ts';
import { merchantTerminal, town } from '#testing/town.ts';
import { paymentEffect } from './payment-effects.ts';
import { merchantCategory, planRequest } from './plan-request.ts';

describe('what a request becomes', () => {
  test.for([
    ['a payment', fresh({ amountFen: fen(300) }), 300n],
    ['a ride, by its tariff', tap(), town.fareFen],
    ['a load', load(500, 'online'), 500n],
    ['a payment over the limit', fresh({ amountFen: fen(50_001) }), 'over-payment-limit'],
    ['a payment without an amount', fresh({ amountFen: null }), 'amount-missing'],
    ['a purse that may not pay here', fresh({ detail: { purse: 'subsidy' } }), 'purpose-not-allowed'],
    ['a sector that nobody has', fresh({ sector: 'lottery' }), 'kind-not-allowed'],
  ] as const)('is foreseen as it is decided: %s', ([, request, expected]) => {
    const run = runFor(smallBooks(), request);
    const stand = {
      product: town.product,
      nowMs: noonMs,
      entryId: 77n,
      accounts: run.accounts,
      sectorState: undefined,
    };
    const planned = planRequest(smallReference, request, stand);
    const decided = paymentEffect(run, request, 77n);
    if (typeof planned === 'string') expect([planned, decided]).toEqual([expected, expected]);
    else {
      expect(planned.parts.map((part) => part.amountFen)).toEqual([expected]);
      expect(decided).toHaveProperty('postings');
    }
  });

  test('a terminal or a merchant whose category nobody has said is of none', () => {
    expect(merchantCategory(smallReference, 12)).toBe('0000');
    expect(merchantCategory(smallReference, merchantTerminal(1))).toMatch(/^\d{4}$/);
  });
});
