import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EncodeError } from '#iso8583/message.ts';
import { type AdditionalAmount, readAdditionalAmounts, writeAdditionalAmounts } from './field54.ts';

const balance: AdditionalAmount = {
  accountType: '10',
  amountType: '02',
  currency: '156',
  amountFen: 98_765n,
};

describe('additional amounts', () => {
  test('are an account, a type, a currency, a sign and an amount each', () => {
    expect(readAdditionalAmounts('1002156C000000098765')).toEqual([balance]);
    expect(writeAdditionalAmounts([balance])).toBe('1002156C000000098765');
  });

  test('may be several, and what is owed is below zero', () => {
    const value = '1002156C0000000987651001156D000000000100';
    const owed = { ...balance, amountType: '01', amountFen: -100n };
    expect(readAdditionalAmounts(value)).toEqual([balance, owed]);
    expect(writeAdditionalAmounts([balance, owed])).toBe(value);
  });

  test('come back as they were written', () => {
    const amount = fc.record({
      accountType: fc.stringMatching(/^\d{2}$/),
      amountType: fc.stringMatching(/^\d{2}$/),
      currency: fc.stringMatching(/^\d{3}$/),
      amountFen: fc.bigInt({ min: -999_999_999_999n, max: 999_999_999_999n }),
    });
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 6 }), (amounts) => {
        expect(readAdditionalAmounts(writeAdditionalAmounts(amounts))).toEqual(amounts);
      }),
    );
  });

  test.each([
    ['', 'wrong-length', null],
    ['1002156C00000009876', 'wrong-length', null],
    ['1002156C000000098765'.repeat(7), 'wrong-length', null],
    ['1002156X000000098765', 'wrong-content', '54.1'],
    ['1002156C000000098765A002156C000000098765', 'wrong-content', '54.2'],
    ['1002156C0000000987.5', 'wrong-content', '54.1'],
  ])('are refused of anything else: "%s"', (value, error, subField) => {
    expect(readAdditionalAmounts(value)).toEqual({ error, field: 54, subField });
  });

  test.each<readonly AdditionalAmount[]>([
    [],
    Array.from({ length: 7 }, () => balance),
    [{ ...balance, currency: 'CNY' }],
    [{ ...balance, accountType: '1' }],
    [{ ...balance, amountFen: 1_000_000_000_000n }],
  ])('cannot be written of what has no place in them', (...amounts) => {
    expect(() => writeAdditionalAmounts(amounts)).toThrow(EncodeError);
  });
});
