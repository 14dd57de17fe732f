import { describe, expect, test } from 'vitest';
import { codeAt, codeUri, stepOfCode } from './one-time-codes.ts';

/** RFC 6238, appendix B, for SHA1; the last six of its eight digits. */
const rfcSecret = Buffer.from('12345678901234567890', 'ascii');
const rfc = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const;

describe('a one-time code', () => {
  test.each(rfc)('at %i seconds is the RFC’s own: %s', (seconds, code) => {
    expect(codeAt(rfcSecret, seconds * 1_000)).toBe(code);
    expect(stepOfCode(rfcSecret, code, seconds * 1_000)).toBe(BigInt(Math.floor(seconds / 30)));
  });

  test('is good one step before and after its own, and not two', () => {
    const at = 1_234_567_890_000;
    const code = codeAt(rfcSecret, at);
    const step = BigInt(Math.floor(at / 30_000));
    for (const off of [-30_000, 0, 30_000]) expect(stepOfCode(rfcSecret, code, at + off)).toBe(step);
    for (const off of [-60_000, 60_000]) expect(stepOfCode(rfcSecret, code, at + off)).toBeNull();
  });

  test.each(['', '12345', '1234567', 'abcdef', '28708²'])('%j is none', (code) =>
    expect(stepOfCode(rfcSecret, code, 59_000)).toBeNull(),
  );

  test('is made by an app that read the address', () => {
    const uri = new URL(codeUri(rfcSecret, 'finance-1'));
    expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp']);
    expect(uri.searchParams.get('secret')).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(uri.searchParams.get('digits')).toBe('6');
  });
});
