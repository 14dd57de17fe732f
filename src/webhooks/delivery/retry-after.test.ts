import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const nowMs = Date.UTC(2026, 10, 26, 3, 0, 0);

test.for([
  ['120', 120_000],
  ['0', 0],
  ['Thu, 26 Nov 2026 03:02:00 GMT', 120_000],
  ['Thu, 26 Nov 2026 02:00:00 GMT', 0],
  ['999999999', 24 * 3_600_000],
  ['Thu, 26 Nov 2099 03:02:00 GMT', 24 * 3_600_000],
  ['soon', null],
  ['-5', null],
  ['1.5', null],
  ['tomorrow GMT', null],
  [undefined, null],
] as const)('Retry-After %s is %s ms', ([text, ms]) => {
  expect(retryAfterMs(text, nowMs)).toBe(ms);
});
