import { expect, test } from 'vitest';
import { failingPauseMaxMs, pauseAfter } from './pause-after.ts';

test('what works keeps its pause; what fails waits twice as long each time, up to ten seconds', () => {
  const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 1_000].map((failures) => pauseAfter({ pauseMs: 200, failures }));
  expect(pauses).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000]);
});

test('what is done seldom is done no more often because it fails', () => {
  for (const failures of [0, 1, 9]) expect(pauseAfter({ pauseMs: 60_000, failures })).toBe(60_000);
  expect(failingPauseMaxMs).toBeLessThan(60_000);
});
