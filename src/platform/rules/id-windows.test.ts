import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idMax } from '#platform/columns.ts';
import { firstIdAt, idTimeMs } from '#platform/ids.ts';
import { idWindows } from './id-windows.ts';

const dayMs = 86_400_000;
const fromMs = Date.parse('2026-11-23T00:00:00+08:00');
const minutes = (windows: ReturnType<typeof idWindows>) =>
  windows.slice(0, -1).map(({ through }) => (idTimeMs(through + 1n) - fromMs) / 60_000);

test('an old day has windows that end after a quarter of an hour, and four times as much each', () => {
  const windows = idWindows({ after: 0n, fromMs, nowMs: fromMs + 30 * dayMs });
  expect(minutes(windows)).toEqual([15, 75, 315, 1_275]);
  expect(windows.at(-1)?.through).toBe(idMax);
});

test('who reads on begins at the cursor; who is near now has one window and one look', () => {
  const after = firstIdAt(fromMs + 60 * 60_000) + 7n;
  const windows = idWindows({ after, fromMs, nowMs: fromMs + dayMs });
  expect([windows[0]?.after, minutes(windows)[0]]).toEqual([after, 75]);
  const nowMs = fromMs + 61 * 60_000;
  expect(idWindows({ after, fromMs, nowMs })).toEqual([{ after, through: idMax }]);
});

test('no window but the last ends where ids may still be coming in', () => {
  const windowsAt = (minutesAfter: number) =>
    idWindows({ after: 0n, fromMs, nowMs: fromMs + minutesAfter * 60_000 });
  expect(minutes(windowsAt(16))).toEqual([]);
  expect(minutes(windowsAt(20))).toEqual([]);
  expect(minutes(windowsAt(21))).toEqual([15]);
  expect(minutes(windowsAt(75))).toEqual([15]);
});

test('no id after the cursor is in none of them or in two, whatever the day and the clock are', () => {
  const ms = fc.integer({ min: Date.UTC(2025, 0, 2), max: Date.UTC(2060, 0, 1) });
  const id = fc.oneof(fc.constant(0n), ms.map(firstIdAt));
  fc.assert(
    fc.property(id, ms, ms, (after, dayBeganMs, nowMs) => {
      const windows = idWindows({ after, fromMs: dayBeganMs, nowMs });
      expect(windows[0]?.after).toBe(after);
      expect(windows.at(-1)?.through).toBe(idMax);
      for (const [i, window] of windows.entries()) {
        expect(window.through).toBeGreaterThan(window.after);
        if (i > 0) expect(window.after).toBe(windows[i - 1]?.through);
      }
    }),
  );
});
