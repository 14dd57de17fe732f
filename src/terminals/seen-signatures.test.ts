import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signatureWindowMs } from './rules/signature.ts';
import { seenSignatures } from './seen-signatures.ts';

const lifeMs = 2 * signatureWindowMs;
const start = 1_795_000_000_000;
const signature = (n: number) => createHash('sha256').update(String(n)).digest('hex');

describe('the seen signatures', () => {
  test.each([0, 1, lifeMs - 1, lifeMs])('still know one after %i ms', (afterMs) => {
    const seen = seenSignatures(1_000);
    expect(seen.add(signature(1), start)).toBe(true);
    expect(seen.add(signature(1), start + afterMs)).toBe(false);
  });

  test('forget what is older than two generations, so they do not grow', () => {
    const seen = seenSignatures(1_000);
    seen.add(signature(1), start);
    seen.add(signature(2), start + lifeMs + 1);
    expect(seen.add(signature(1), start + 2 * lifeMs + 2)).toBe(true);
  });

  test('forget everything after a long silence', () => {
    const seen = seenSignatures(1_000);
    seen.add(signature(1), start);
    expect(seen.add(signature(1), start + 2 * lifeMs + 1)).toBe(true);
  });

  test('know a signature of the generation before just as well', () => {
    const seen = seenSignatures(1_000);
    seen.add(signature(1), start + lifeMs - 1);
    seen.add(signature(2), start + lifeMs + 2);
    expect(seen.add(signature(1), start + lifeMs + 3)).toBe(false);
  });

  test('retire a full generation early: the newest are known, the oldest are let go', () => {
    const seen = seenSignatures(10);
    for (let n = 0; n < 30; n++) expect(seen.add(signature(n), start)).toBe(true);
    for (let n = 20; n < 30; n++) expect(seen.add(signature(n), start)).toBe(false);
    expect(seen.add(signature(0), start)).toBe(true);
  });

  test('give back one from either generation', () => {
    const seen = seenSignatures(1_000);
    seen.add(signature(1), start);
    seen.forget(signature(1));
    expect(seen.add(signature(1), start + 1)).toBe(true);
    seen.add(signature(2), start + lifeMs + 1);
    seen.forget(signature(1));
    expect(seen.add(signature(1), start + lifeMs + 2)).toBe(true);
  });

  test('never say "new" twice within the life of a signature, whatever comes in between', () => {
    const arrivals = fc.array(fc.record({ n: fc.nat({ max: 5 }), waitMs: fc.nat({ max: lifeMs }) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(arrivals, (calls) => {
        const seen = seenSignatures(1_000);
        const newAt = new Map<number, number>();
        let now = start;
        for (const { n, waitMs } of calls) {
          now += waitMs;
          if (!seen.add(signature(n), now)) continue;
          const before = newAt.get(n);
          if (before !== undefined) expect(now - before).toBeGreaterThan(lifeMs);
          newAt.set(n, now);
        }
      }),
      { numRuns: 500 },
    );
  });
});
