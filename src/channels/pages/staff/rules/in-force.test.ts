import { describe, expect, test } from 'vitest';
import { withForce } from './in-force.ts';

const rows = [
  { line: '7', effectiveFrom: '2026-01-01' },
  { line: '7', effectiveFrom: '2026-07-01' },
  { line: '7', effectiveFrom: '2027-01-01' },
  { line: '8', effectiveFrom: '2026-02-01' },
  { line: '9', effectiveFrom: '2026-12-01' },
];
const forces = (today: string) => withForce(rows, ({ line }) => line, today).map(({ force }) => force);

describe('what is in force', () => {
  test('is the latest row of each thing that has begun', () => {
    expect(forces('2026-11-22')).toEqual(['past', 'now', 'later', 'now', 'later']);
  });

  test('changes on the first day of a row', () => {
    expect(forces('2026-06-30')[1]).toBe('later');
    expect(forces('2026-07-01')[1]).toBe('now');
    expect(forces('2026-06-30')[0]).toBe('now');
  });

  test('several rows of one day, as the steps of a fare, hold together', () => {
    const steps = [
      { line: 'R', upTo: 1, effectiveFrom: '2026-01-01' },
      { line: 'R', upTo: 2, effectiveFrom: '2026-01-01' },
    ];
    expect(withForce(steps, ({ line }) => line, '2026-11-22').map(({ force }) => force)).toEqual([
      'now',
      'now',
    ]);
  });
});
