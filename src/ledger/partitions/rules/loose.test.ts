import { describe, expect, test } from 'vitest';
import { fillPercents, isLoose, packedBytes } from './loose.ts';

describe('an index that grows at many places', () => {
  test('takes what was measured when it is packed: 28 and 36 bytes a row and the page heads', () => {
    expect(packedBytes(10_000_000, 16) / 10_000_000).toBeCloseTo(28.2, 1);
    expect(packedBytes(10_000_000, 24) / 10_000_000).toBeCloseTo(36.2, 1);
  });

  test('is not loose when it was just written anew, however full it was to be', () => {
    for (const percent of Object.values(fillPercents)) {
      const bytes = (packedBytes(10_000_000, 24) * 100) / percent;
      expect(isLoose({ rows: 10_000_000, bytes, keyBytes: 24 })).toBe(false);
    }
  });

  test.each([
    ['packed', { rows: 10_000_000, bytes: 363_000_000 }, false],
    ['nine tenths full, as a new index is', { rows: 10_000_000, bytes: 403_000_000 }, false],
    ['as random keys leave it', { rows: 10_000_000, bytes: 510_000_000 }, true],
    ['small, however loose', { rows: 1_000, bytes: 4_000_000 }, false],
    ['never looked at by the server', { rows: -1, bytes: 510_000_000 }, false],
  ])('%s', (_, size, loose) => {
    expect(isLoose({ ...size, keyBytes: 24 })).toBe(loose);
  });
});
