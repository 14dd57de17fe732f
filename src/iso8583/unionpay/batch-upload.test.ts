import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EncodeError } from '#iso8583/message.ts';
import {
  readBatchUpload,
  readUploadCount,
  type UploadedRecord,
  writeBatchUpload,
  writeUploadCount,
} from './batch-upload.ts';

const record: UploadedRecord = {
  isForeignCard: false,
  traceNumber: 123,
  cardNumber: '6217001234567890123',
  amountFen: 12_345n,
};
const digits = '00000123' + '06217001234567890123' + '000000012345';
const anyRecord = fc.record({
  isForeignCard: fc.boolean(),
  traceNumber: fc.integer({ min: 0, max: 999_999 }),
  cardNumber: fc.stringMatching(/^[1-9]\d{9,18}$/),
  amountFen: fc.bigInt({ min: 0n, max: 999_999_999_999n }),
});

describe('a batch upload', () => {
  test('is a count and as many records of 40 digits: card, trace number, card number, amount', () => {
    const foreign = { ...record, isForeignCard: true, cardNumber: '6228480402564890' };
    const value = `02${digits}01000123${'00006228480402564890'}000000012345`;
    expect(readBatchUpload(value)).toEqual([record, foreign]);
    expect(writeBatchUpload([record, foreign])).toBe(value);
  });

  test('comes back as it was written, up to the eight records that field 48 has room for', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 8 }), (records) => {
        const value = writeBatchUpload(records);
        expect(value.length).toBeLessThanOrEqual(322);
        expect(readBatchUpload(value)).toEqual(records);
      }),
    );
  });

  test.each([
    ['', 'wrong-content', null],
    ['0', 'wrong-content', null],
    ['00', 'wrong-content', null],
    [`09${digits.repeat(9)}`, 'wrong-content', null],
    [`02${digits}`, 'wrong-length', null],
    [`01${digits}0`, 'wrong-length', null],
    [`01${digits.replace('6', 'X')}`, 'wrong-content', null],
    [`01${'02'}${digits.slice(2)}`, 'wrong-content', '48.1'],
    [`02${digits}${digits.slice(0, 8)}${'0'.repeat(20)}${digits.slice(28)}`, 'wrong-content', '48.2'],
    [`01${digits.slice(0, 8)}${'9'.repeat(20)}${digits.slice(28)}`, 'wrong-content', '48.1'],
    ['02000001231234567890123456700000012345', 'wrong-length', null],
  ])('of anything else is refused, and its value is not said', (value, error, subField) => {
    expect(readBatchUpload(value)).toEqual({ error, field: 48, subField });
  });

  test.each<readonly UploadedRecord[]>([
    [],
    Array.from({ length: 9 }, () => record),
    [{ ...record, cardNumber: '0217001234567890123' }],
    [{ ...record, traceNumber: 1_000_000 }],
    [{ ...record, amountFen: -1n }],
  ])('cannot be written of what has no place in it', (...records) => {
    expect(() => writeBatchUpload(records)).toThrow(EncodeError);
  });
});

describe('the end of an upload', () => {
  test('says in four digits how many records there were', () => {
    expect(writeUploadCount(12)).toBe('0012');
    expect(readUploadCount('0012')).toEqual({ recordCount: 12 });
    expect(() => writeUploadCount(10_000)).toThrow(EncodeError);
  });

  test.each(['', '12', '00012', '001x'])('is nothing else: "%s"', (value) => {
    expect(readUploadCount(value)).toMatchObject({ field: 48 });
  });
});
