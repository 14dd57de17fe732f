import { describe, expect, test } from 'vitest';
import { rereadDue } from './reread.ts';

/** How many readings are allowed of those asked for at these moments. */
function allowed(moments: readonly number[]): number {
  let [due, count] = [0, 0];
  for (const nowMs of moments) {
    const next = rereadDue(due, nowMs);
    if (next === null) continue;
    due = next;
    count += 1;
  }
  return count;
}

describe('a terminal’s row', () => {
  test('is read again five times at once, and then once a second', () => {
    expect(allowed(Array(100).fill(50_000))).toBe(5);
    const everyMs = Array.from({ length: 10_000 }, (_, ms) => 50_000 + ms);
    expect(allowed(everyMs)).toBe(5 + 9);
  });

  test('may be read five times again after five quiet seconds, and not more after a quiet day', () => {
    const first = Array(9).fill(50_000);
    expect(allowed([...first, ...Array(9).fill(55_000)])).toBe(10);
    expect(allowed([...first, ...Array(9).fill(86_400_000)])).toBe(10);
  });
});
