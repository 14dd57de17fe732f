import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effectiveOn, groupedBy } from './effective.ts';

const rows = [
  { effectiveFrom: '2026-01-01', fare: 200 },
  { effectiveFrom: '2027-01-01', fare: 300 },
  { effectiveFrom: '2026-07-01', fare: 250 },
];

describe('the row in force', () => {
  test.for([
    ['2025-12-31', undefined],
    ['2026-01-01', 200],
    ['2026-06-30', 200],
    ['2026-07-01', 250],
    ['2026-12-31', 250],
    ['2027-01-01', 300],
    ['2036-01-01', 300],
  ] as const)('on %s it is the latest that began on it or before: %s', ([day, fare]) => {
    expect(effectiveOn(rows, day)?.fare).toBe(fare);
  });

  test('the order of the rows does not matter, and without rows nothing is in force', () => {
    const day = fc.integer({ min: 1, max: 28 }).map((number) => `2026-02-${String(number).padStart(2, '0')}`);
    const anyRows = fc.uniqueArray(fc.record({ effectiveFrom: day }), {
      selector: (row) => row.effectiveFrom,
    });
    fc.assert(
      fc.property(anyRows, day, (some, today) => {
        const found = effectiveOn(some, today);
        expect(effectiveOn(some.toReversed(), today)).toBe(found);
        const began = some.map((row) => row.effectiveFrom).filter((from) => from <= today);
        expect(found?.effectiveFrom).toBe(began.sort().at(-1));
      }),
    );
    expect(effectiveOn(undefined, '2026-01-01')).toBeUndefined();
  });
});

test('rows are grouped by their key, none is lost, and each group keeps their order', () => {
  const groups = groupedBy(rows, (row) => (row.fare > 200 ? 'dear' : 'cheap'));
  expect([...groups.keys()]).toEqual(['cheap', 'dear']);
  expect(groups.get('dear')).toEqual([rows[1], rows[2]]);
  expect(groups.get('cheap')).toEqual([rows[0]]);
});
