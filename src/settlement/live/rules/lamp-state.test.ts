import { expect, test } from 'vitest';
import { lampState, pauseAfter } from './lamp-state.ts';

const right = { checks: [{ wrong: 0 }, { wrong: 0 }], driftFen: 0n, ageMs: 0, pauseMs: 15_000 };

test('a lamp is green up to four looks, then nobody knows', () => {
  expect(lampState(right)).toBe('green');
  expect(lampState({ ...right, ageMs: 60_000 })).toBe('green');
  expect(lampState({ ...right, ageMs: 60_001 })).toBe('stale');
});

test('one row or one fen that is wrong is red, and stays so when nobody looks any more', () => {
  expect(lampState({ ...right, checks: [{ wrong: 0 }, { wrong: 1 }] })).toBe('red');
  expect(lampState({ ...right, driftFen: -1n })).toBe('red');
  expect(lampState({ ...right, driftFen: 1n, ageMs: 1_000_000 })).toBe('red');
});

test('a look that takes long comes more seldom: it never takes more than a twentieth of the time', () => {
  expect(pauseAfter(200, 15_000)).toBe(15_000);
  expect(pauseAfter(750, 15_000)).toBe(15_000);
  expect(pauseAfter(3_000, 15_000)).toBe(60_000);
});
