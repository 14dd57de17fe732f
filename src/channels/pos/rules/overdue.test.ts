import { expect, test } from 'vitest';
import { type ConnectionTimes, overdue } from './overdue.ts';

const limits = { idleMs: 600_000, messageMs: 15_000, drainMs: 10_000, lingerMs: 2_000 };
const quiet: ConnectionTimes = {
  activeMs: 0,
  frameSinceMs: null,
  unsentSinceMs: null,
  endingSinceMs: null,
  endedSinceMs: null,
  underWay: 0,
};
const at = (nowMs: number, over: Partial<ConnectionTimes>) => overdue({ ...quiet, ...over }, limits, nowMs);

test.each<{ what: ReturnType<typeof overdue>; over: Partial<ConnectionTimes>; atMs: number }>([
  { what: 'idle', over: {}, atMs: 600_000 },
  { what: 'slow-message', over: { frameSinceMs: 1_000 }, atMs: 16_000 },
  { what: 'slow-reader', over: { unsentSinceMs: 1_000 }, atMs: 16_000 },
  { what: 'unanswered', over: { endingSinceMs: 1_000 }, atMs: 11_000 },
  { what: 'unended', over: { endedSinceMs: 1_000 }, atMs: 3_000 },
])('a connection is $what at its limit and not a moment before', ({ what, over, atMs }) => {
  expect([at(atMs - 1, over), at(atMs, over)]).toEqual([null, what]);
});

test('a message under way is never idle, however long it takes', () => {
  expect(at(10_000_000, { underWay: 1 })).toBeNull();
});

test('one that ends is given its time for answers, whatever it was late with before', () => {
  expect(at(20_000, { endingSinceMs: 15_000, frameSinceMs: 0 })).toBeNull();
  expect(at(600_001, { endingSinceMs: 600_000 })).toBeNull();
  expect(at(20_000, { endingSinceMs: 0, endedSinceMs: 19_000, unsentSinceMs: 0 })).toBeNull();
});
