import { describe, expect, test } from 'vitest';
import { clockSkew, isBeyond, skewInWords } from './clock-skew.ts';

const look = (sentMs: number, databaseMs: number, receivedMs: number) => ({ sentMs, databaseMs, receivedMs });

describe('the skew of a clock', () => {
  test('is taken at the middle of the round trip', () => {
    expect(clockSkew([look(1_000, 1_050, 1_100)])).toEqual({ skewMs: 0, unsureMs: 50 });
    expect(clockSkew([look(5_000, 1_000, 5_010)])).toEqual({ skewMs: 4_005, unsureMs: 5 });
    expect(clockSkew([look(1_000, 5_000, 1_010)])).toEqual({ skewMs: -3_995, unsureMs: 5 });
  });

  test('is believed of the quickest look, and of none in which the clock was set back', () => {
    expect(clockSkew([look(0, 900, 2_000), look(0, 4, 10), look(0, 100, 300)])).toEqual({
      skewMs: 1,
      unsureMs: 5,
    });
    expect(clockSkew([look(2_000, 900, 1_000)])).toBeNull();
    expect(clockSkew([])).toBeNull();
  });

  test('is refused beyond the limit, and only when a slow answer cannot explain it', () => {
    expect(isBeyond({ skewMs: 1_000, unsureMs: 0 }, 1_000)).toBe(false);
    expect(isBeyond({ skewMs: 1_001, unsureMs: 0 }, 1_000)).toBe(true);
    expect(isBeyond({ skewMs: -1_001, unsureMs: 0 }, 1_000)).toBe(true);
    expect(isBeyond({ skewMs: 2_000, unsureMs: 1_000 }, 1_000)).toBe(false);
  });

  test('is said in words', () => {
    expect(skewInWords({ skewMs: 3_249, unsureMs: 1 })).toBe('3.2 s ahead of');
    expect(skewInWords({ skewMs: -400, unsureMs: 1 })).toBe('0.4 s behind');
  });
});
