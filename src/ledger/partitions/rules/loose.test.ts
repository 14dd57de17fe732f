import { describe, expect, test } from 'vitest';
import { isLoose, packedBytes } from './loose.ts';

describe('an index that grows at random', () => {
  test('takes what was measured when it is packed: 28 and 36 bytes a row and the page heads', () => {
    expect(packedBytes(10_000_000, 16) / 10_000_000).toBeCloseTo(28.2, 1);
    expect(packedBytes(10_000_000, 24) / 10_000_000).toBeCloseTo(36.2, 1);
  });

  test.each([
    ['packed', { rows: 10_000_000, bytes: 363_000_000 }, false],
    ['nine tenths full, as a new index is', { rows: 10_000_000, bytes: 403_000_000 }, false],
    ['as random keys leave it', { rows: 10_000_000, bytes: 510_000_000 }, true],
    ['small, however loose', { rows: 100_000, bytes: 60_000_000 }, false],
    ['never looked at by the server', { rows: -1, bytes: 510_000_000 }, false],
  ])('%s', (_, size, loose) => {
    expect(isLoose({ ...size, keyBytes: 24 })).toBe(loose);
  });
});
