import { describe, expect, test } from 'vitest';
import { fillPercents, isLoose, packedBytes } from './loose.ts';

describe('an index that grows at many places', () => {
  test('takes what was measured when it is packed: 20 and 28 bytes a row and the page heads', () => {
    expect(packedBytes(10_000_000, 8) / 10_000_000).toBeCloseTo(20.1, 1);
    expect(packedBytes(10_000_000, 16) / 10_000_000).toBeCloseTo(28.2, 1);
  });

  test('is not loose when it was just written anew, however full it was to be', () => {
    for (const percent of Object.values(fillPercents)) {
      const bytes = (packedBytes(10_000_000, 16) * 100) / percent;
      expect(isLoose({ rows: 10_000_000, bytes, keyBytes: 16 })).toBe(false);
    }
  });

  test.each([
    ['packed', { rows: 10_000_000, bytes: 282_000_000 }, false],
    ['nine tenths full, as a new index is', { rows: 10_000_000, bytes: 313_000_000 }, false],
    ['as random keys leave it', { rows: 10_000_000, bytes: 396_000_000 }, true],
    ['small, however loose', { rows: 1_000, bytes: 4_000_000 }, false],
    ['never looked at by the server', { rows: -1, bytes: 396_000_000 }, false],
  ])('%s', (_, size, loose) => {
    expect(isLoose({ ...size, keyBytes: 16 })).toBe(loose);
  });
});
