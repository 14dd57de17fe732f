import { expect, test } from 'vitest';
import { amountField, availableField, readAmount } from './amounts.ts';

test('field 4 is fen of the yuan', () => {
  expect(readAmount({ 4: '000000012345', 49: '156' })).toBe(12_345n);
  expect(readAmount({ 4: '000000012345', 49: '840' })).toBe('currency-wrong');
  expect(readAmount({ 4: '000000012345' })).toBe('currency-wrong');
});

test('no amount and an amount of nought are the same: where a tariff decides, nothing is said', () => {
  expect(readAmount({})).toBeNull();
  expect(readAmount({ 4: '000000000000' })).toBeNull();
});

test('an amount that no request may carry is none', () => {
  expect(readAmount({ 4: '100000000000', 49: '156' })).toBe(100_000_000_000n);
  expect(readAmount({ 4: '100000000001', 49: '156' })).toBe('amount-wrong');
  expect(readAmount({ 4: 'C00000012345', 49: '156' })).toBe('amount-wrong');
});

test('a balance is told with its sign', () => {
  expect(availableField(98_765n)).toBe('1002156C000000098765');
  expect(availableField(-5n)).toBe('1002156D000000000005');
  expect(amountField(100n)).toBe('000000000100');
});
