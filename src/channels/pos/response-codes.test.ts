import { expect, test } from 'vitest';
import { posRefusals, responseCode, wordOf } from './response-codes.ts';

const of = (version: 1987 | 1993) => ({ version, messageClass: 'financial' }) as const;

test('every refusal has a code of 1987 and one of 1993, and none of them says approved', () => {
  for (const refusal of posRefusals) {
    expect(responseCode(refusal, of(1987))).toMatch(/^(?!00)[0-9A-Z][0-9]$/);
    expect(responseCode(refusal, of(1993))).toMatch(/^[19]\d\d$/);
  }
});

test('a format error may say its field, and has the code of every other', () => {
  expect(wordOf('format 57')).toEqual({ word: 'format', field: 57 });
  expect(wordOf('format')).toEqual({ word: 'format', field: null });
  expect(responseCode('format 57', of(1987))).toBe('30');
  expect(responseCode('format 57', of(1993))).toBe('904');
});

test('what was done is approved: with 00, or with the code of its class', () => {
  expect(responseCode(null, of(1987))).toBe('00');
  expect(responseCode(null, { version: 1987, messageClass: 'reversal' })).toBe('00');
  expect(responseCode(null, of(1993))).toBe('000');
  expect(responseCode(null, { version: 1993, messageClass: 'reversal' })).toBe('400');
  expect(responseCode(null, { version: 1993, messageClass: 'network' })).toBe('800');
});

test.each([
  ['insufficient-funds', '51', '116'],
  ['pin-wrong', '55', '117'],
  ['batch-mismatch', '77', '915'],
  ['key-reused', '94', '913'],
  ['mac-wrong', 'A0', '916'],
  ['card-unknown', '14', '111'],
] as const)('%s is %s, and %s of 1993', (refusal, code, actionCode) => {
  expect(responseCode(refusal, of(1987))).toBe(code);
  expect(responseCode(refusal, of(1993))).toBe(actionCode);
});
