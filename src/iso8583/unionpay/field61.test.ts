import { describe, expect, test } from 'vitest';
import { EncodeError } from '#iso8583/message.ts';
import { type OriginalTrace, readOriginalTrace, writeOriginalTrace } from './field61.ts';

const original: OriginalTrace = { batchNumber: 1, traceNumber: 123, monthDay: null };

describe('the trace of an original', () => {
  test.each<[string, OriginalTrace]>([
    ['000001000123', original],
    ['0000010001231122', { ...original, monthDay: '1122' }],
    ['0000010001230229', { ...original, monthDay: '0229' }],
    [
      '00000100012311220212345678901',
      { ...original, monthDay: '1122', authorisation: { mode: '02', institution: '12345678901' } },
    ],
    [
      '00000100012300000212345678901',
      { ...original, authorisation: { mode: '02', institution: '12345678901' } },
    ],
  ])('is read from %s and written back', (value, trace) => {
    expect(readOriginalTrace(value)).toEqual(trace);
    expect(writeOriginalTrace(trace)).toBe(value);
  });

  test('has no date where the date is "0000", as terminals say that do not know it', () => {
    expect(readOriginalTrace('0000010001230000')).toEqual(original);
  });

  test.each([
    ['', 'wrong-content', null],
    ['00000100012x', 'wrong-content', null],
    ['00000100012', 'wrong-length', null],
    ['00000100012311', 'wrong-length', null],
    ['000001000123112202', 'wrong-length', null],
    ['000001000123112202123456789012', 'wrong-length', null],
    ['0000010001231322', 'wrong-content', '61.3'],
    ['0000010001230431', 'wrong-content', '61.3'],
  ])('is not "%s"', (value, error, subField) => {
    expect(readOriginalTrace(value)).toEqual({ error, field: 61, subField });
  });

  test.each<Partial<OriginalTrace>>([
    { traceNumber: 1_000_000 },
    { batchNumber: -1 },
    { monthDay: '0230' },
    { authorisation: { mode: '2', institution: '12345678901' } },
  ])('cannot be written with %j', (wrong) => {
    expect(() => writeOriginalTrace({ ...original, ...wrong })).toThrow(EncodeError);
  });
});
