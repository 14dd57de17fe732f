import { expect, test } from 'vitest';
import { parts60, partsOfSettlement } from './dialects/parts.ts';
import { isPartFault, joinParts, splitParts } from './positional.ts';

test('the last parts may be missing as a whole', () => {
  expect(splitParts(parts60, '22000001000500')).toEqual({
    ...{ transactionType: '22', batchNumber: '000001', networkCode: '000', readCapability: '5' },
    ...{ chipCondition: '0', partialApproval: '0' },
  });
  expect(splitParts(parts60, '00000001001')).toEqual({
    ...{ transactionType: '00', batchNumber: '000001', networkCode: '001' },
  });
  expect(splitParts(parts60, '')).toEqual({});
});

test.each([
  ['a part that is cut', '2200000', { part: 2, fault: 'wrong-length', offset: 2 }],
  ['a part that holds what it may not', '22 00001', { part: 2, fault: 'wrong-content', offset: 2 }],
  ['more than all parts', '0'.repeat(18), { part: 8, fault: 'wrong-length', offset: 17 }],
])('%s is a fault that names the part', (_, value, fault) => {
  const split = splitParts(parts60, value);
  expect(split).toEqual(fault);
  expect(isPartFault(split)).toBe(true);
});

test('what is joined is split into the same', () => {
  const values = { transactionType: '22', batchNumber: '000123', networkCode: '000' };
  expect(joinParts(parts60, values)).toBe('22000123000');
  expect(splitParts(parts60, joinParts(parts60, values))).toEqual(values);
  const bytes = [{ name: 'key', type: 'b', len: 2 }] as const;
  expect(splitParts(bytes, joinParts(bytes, { key: 'A1B2' }))).toEqual({ key: 'A1B2' });
});

test.each([
  ['a part of another length', { transactionType: '2' }],
  ['a part that holds what it may not', { transactionType: '2A' }],
  ['a part that is missing before one that is there', { batchNumber: '000001' }],
])('%s is not joined', (_, values) => {
  expect(() => joinParts(parts60, values)).toThrow('the part transactionType is not 2 of n');
});

test('the totals of a batch have 62 digits', () => {
  expect(partsOfSettlement.reduce((sum, part) => sum + part.len, 0)).toBe(62);
});
