import { describe, expect, test } from 'vitest';
import { EncodeError } from '#iso8583/message.ts';
import { readTransactionKind, type TransactionKind, writeTransactionKind } from './field60.ts';

const purchase: TransactionKind = { type: '22', batchNumber: 1, networkCode: '000' };

describe('the kind of a transaction', () => {
  test.each<[string, TransactionKind]>([
    ['00000001001', { type: '00', batchNumber: 1, networkCode: '001' }],
    ['00999999201', { type: '00', batchNumber: 999_999, networkCode: '201' }],
    ['220000010005', { ...purchase, readCapability: '5' }],
    ['2200000100050', { ...purchase, readCapability: '5', chipCondition: '0' }],
    ['22000001000601', { ...purchase, readCapability: '6', chipCondition: '0', partialApproval: '1' }],
    [
      '22000001000500001',
      {
        ...purchase,
        readCapability: '5',
        chipCondition: '0',
        partialApproval: '0',
        accountType: '001',
      },
    ],
  ])('is read from %s and written back', (value, kind) => {
    expect(readTransactionKind(value)).toEqual(kind);
    expect(writeTransactionKind(kind)).toBe(value);
  });

  test('has a zero where a part is not said but one after it is', () => {
    expect(writeTransactionKind({ ...purchase, partialApproval: '1' })).toBe('22000001000001');
  });

  test.each([
    ['', 'wrong-content'],
    ['2200000100x', 'wrong-content'],
    ['22000001', 'wrong-length'],
    ['220000010005000', 'wrong-length'],
    ['2200000100050001', 'wrong-length'],
    ['220000010005000010', 'wrong-length'],
  ])('is not "%s"', (value, error) => {
    expect(readTransactionKind(value)).toEqual({ error, field: 60, subField: null });
  });

  test.each<Partial<TransactionKind>>([
    { type: '2' },
    { networkCode: '0000' },
    { batchNumber: 1_000_000 },
    { accountType: '1' },
    { readCapability: 'x' },
  ])('cannot be written with %j', (wrong) => {
    expect(() => writeTransactionKind({ ...purchase, ...wrong })).toThrow(EncodeError);
  });
});
