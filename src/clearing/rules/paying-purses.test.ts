import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { purseRulesOf } from '#sectors/rules/purse-rules.ts';
import { clearOne, fresh, noonMs, runFor, smallBooks, smallReference, stand } from '#testing/small/group.ts';
import { debitParts, payingRule } from './paying-purses.ts';

const from = '2020-01-01';
const purseRules = purseRulesOf([
  { sector: 'shops', mcc: '*', effectiveFrom: from, purses: ['online'], split: false },
  { sector: 'shops', mcc: '5411', effectiveFrom: from, purses: ['subsidy', 'online'], split: true },
]);
const grocer = {
  ...smallReference,
  purseRules,
  participants: new Map([...smallReference.participants].map(([id, one]) => [id, { ...one, mcc: '5411' }])),
};
const plain = { ...smallReference, purseRules };
const pay = (amount: number, detail: Record<string, string> = {}) =>
  fresh({ amountFen: fen(amount), detail });

describe('which purses may pay', () => {
  const asked = (detail: Record<string, string>, mcc: string) =>
    payingRule({ purseRules }, { kind: 'payment', sector: 'shops', detail }, { mcc, nowMs: noonMs });

  test('is what the rule of the merchant’s category says, or of every other category', () => {
    expect(asked({}, '5411')).toMatchObject({ purses: ['subsidy', 'online'], split: true });
    expect(asked({}, '0000')).toMatchObject({ purses: ['online'], split: false });
  });

  test('is narrowed to the purse that the request names, if it may pay here', () => {
    expect(asked({ purse: 'subsidy' }, '5411')).toEqual({ purses: ['subsidy'], split: false });
    expect(asked({ purse: 'subsidy' }, '0000')).toBe('purpose-not-allowed');
  });

  test('is no question for a load, and nothing may pay where there is no rule', () => {
    const place = { mcc: '0000', nowMs: noonMs };
    expect(payingRule({ purseRules }, { kind: 'load', sector: 'top-up', detail: {} }, place)).toBeNull();
    expect(payingRule({ purseRules }, { kind: 'payment', sector: 'transit', detail: {} }, place)).toBe(
      'no-tariff',
    );
  });
});

describe('a subsidy', () => {
  test('pays first where it is meant for, and the holder’s own money the rest', () => {
    const books = smallBooks({ online: 500, subsidy: 300 }, grocer);
    const outcome = clearOne(books, pay(450));
    expect(outcome.refusal).toBeNull();
    expect([stand(books, 'subsidy')[0], stand(books, 'online')[0]]).toEqual([0n, 350n]);
  });

  test('that may not be spent here is the reason of the refusal, where it would have been enough', () => {
    const books = smallBooks({ online: 100, subsidy: 300 }, plain);
    expect(clearOne(books, pay(350)).refusal).toBe('purpose-not-allowed');
    expect(clearOne(books, pay(401)).refusal).toBe('insufficient-funds');
    expect(stand(books, 'subsidy')[0]).toBe(300n);
  });

  test('is not the reason where there is none: then the money is just not there', () => {
    expect(clearOne(smallBooks({ online: 100, subsidy: 0 }, plain), pay(350)).refusal).toBe(
      'insufficient-funds',
    );
  });
});

test('each part of a plan is paid from its own purses', () => {
  const run = runFor(smallBooks({ online: 500, subsidy: 300 }, grocer), pay(1));
  const parts = [
    { amountFen: fen(200), purses: ['subsidy'], split: false },
    { amountFen: fen(100), purses: ['online'], split: false },
  ] as const;
  const debits = debitParts(run, pay(300), parts);
  expect(typeof debits !== 'string' && debits.map((debit) => debit.amountFen)).toEqual([-200n, -100n]);
});
