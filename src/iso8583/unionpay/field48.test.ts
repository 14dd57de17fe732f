import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EncodeError } from '#iso8583/message.ts';
import {
  readSettlementTotals,
  type SettlementResult,
  type SettlementTotals,
  writeSettlementTotals,
} from './field48.ts';

const none = { debitFen: 0n, debitCount: 0, creditFen: 0n, creditCount: 0 };
const claim = { debitFen: 123_456n, debitCount: 12, creditFen: 500n, creditCount: 1 };
const totals: SettlementTotals = {
  domestic: claim,
  domesticResult: null,
  foreign: none,
  foreignResult: null,
};
const claimDigits = '000000123456012000000000500001';

describe('the totals of a settlement', () => {
  test('are 62 digits: amount and count that were taken, and given back, and a result, of both kinds of cards', () => {
    const digits = `${claimDigits}0${'0'.repeat(30)}0`;
    expect(digits).toHaveLength(62);
    expect(readSettlementTotals(digits)).toEqual(totals);
    expect(writeSettlementTotals(totals)).toBe(digits);
  });

  test.each<[SettlementResult, string]>([
    [null, '0'],
    ['balanced', '1'],
    ['unbalanced', '2'],
    ['error', '3'],
  ])('say what the host found in digits 31 and 62: %s', (result, digit) => {
    const found = { ...totals, domesticResult: result, foreignResult: result };
    const digits = writeSettlementTotals(found);
    expect([digits[30], digits[61]]).toEqual([digit, digit]);
    expect(readSettlementTotals(digits)).toEqual(found);
  });

  test('come back as they were written, whatever they are', () => {
    const amount = fc.bigInt({ min: 0n, max: 999_999_999_999n });
    const count = fc.integer({ min: 0, max: 999 });
    const anyClaim = fc.record({
      debitFen: amount,
      debitCount: count,
      creditFen: amount,
      creditCount: count,
    });
    const result = fc.constantFrom<SettlementResult>(null, 'balanced', 'unbalanced', 'error');
    const any = fc.record({
      domestic: anyClaim,
      domesticResult: result,
      foreign: anyClaim,
      foreignResult: result,
    });
    fc.assert(
      fc.property(any, (written) => {
        expect(readSettlementTotals(writeSettlementTotals(written))).toEqual(written);
      }),
    );
  });

  test('are read of 61 digits too, where the lost one can only have been a zero', () => {
    expect(readSettlementTotals('0000001234560120000000000000000000000000000000000000000000000')).toEqual({
      ...totals,
      domestic: { ...claim, creditFen: 0n, creditCount: 0 },
    });
    expect(readSettlementTotals(`${claimDigits}${'0'.repeat(18)}1${'0'.repeat(12)}`)).toEqual({
      error: 'wrong-length',
      field: 48,
      subField: null,
    });
  });

  test.each([
    ['', 'wrong-content'],
    ['1', 'wrong-length'],
    ['0'.repeat(60), 'wrong-length'],
    ['0'.repeat(63), 'wrong-length'],
    ['0'.repeat(61).concat(' '), 'wrong-content'],
    ['0'.repeat(30).concat('4', '0'.repeat(31)), 'wrong-content'],
    ['0'.repeat(61).concat('9'), 'wrong-content'],
  ])('are refused of anything else: "%s"', (value, error) => {
    expect(readSettlementTotals(value)).toEqual({ error, field: 48, subField: null });
  });

  test.each([
    { debitFen: 1_000_000_000_000n },
    { creditFen: -1n },
    { debitCount: 1000 },
    { creditCount: 0.5 },
  ])('cannot be written of a claim that does not fit its digits', (wrong) => {
    expect(() => writeSettlementTotals({ ...totals, domestic: { ...claim, ...wrong } })).toThrow(EncodeError);
  });
});
