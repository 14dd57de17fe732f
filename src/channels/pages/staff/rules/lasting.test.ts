import { expect, test } from 'vitest';
import { lasting } from './lasting.ts';

test.each([
  [0, { days: 0, hours: 0, minutes: 0 }],
  [59_999, { days: 0, hours: 0, minutes: 0 }],
  [60_000, { days: 0, hours: 0, minutes: 1 }],
  [3_599_999, { days: 0, hours: 0, minutes: 59 }],
  [90_060_000, { days: 1, hours: 1, minutes: 1 }],
  [-5, { days: 0, hours: 0, minutes: 0 }],
])('%i ms last %j', (ms, wanted) => {
  expect(lasting(1_000, 1_000 + ms)).toEqual(wanted);
});
