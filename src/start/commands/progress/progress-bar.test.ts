import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { progressBar } from './progress-bar.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const clear = '\r\x1b[2K';

function opened(redraws: boolean) {
  const written: string[] = [];
  const startedMs = Date.now();
  const screen = { write: (text: string) => void written.push(text), redraws };
  const bar = progressBar(screen, { stages: 3, nowMs: () => Date.now() - startedMs });
  return { bar, written };
}

describe('on a terminal', () => {
  test('it is one line with stage, rows and the time that is left, and is wiped at the end', () => {
    const { bar, written } = opened(true);
    bar.show('chain', 0, 1_000_000);
    vi.advanceTimersByTime(30_000);
    written.length = 0;
    bar.show('chain', 250_000, 1_000_000);
    vi.advanceTimersByTime(500);
    bar.show('chain', 260_000, 1_000_000);
    bar.end();
    expect(written).toEqual([
      `${clear}██████░░░░░░░░░░░░░░░░░░  26 %  [1/3] chain 260,000 / 1,000,000 0:31 还剩 left 1:27`,
      clear,
    ]);
  });

  test('it is drawn ten times a second at the most, however often it is told', () => {
    const { bar, written } = opened(true);
    for (let i = 0; i < 1_000; i++) {
      bar.show('chain', i, 1_000);
      vi.advanceTimersByTime(1);
    }
    bar.end();
    expect(written.length).toBeLessThanOrEqual(12);
  });

  test('a stage that says nothing for long is shown with the time that it takes', () => {
    const { bar, written } = opened(true);
    bar.show('balances', 0, 4);
    vi.advanceTimersByTime(2_000);
    expect(written.at(-1)).toBe(`${clear}░░░░░░░░░░░░░░░░░░░░░░░░   0 %  [1/3] balances 0 / 4 0:02`);
    bar.end();
    const lines = written.length;
    vi.advanceTimersByTime(10_000);
    expect(written).toHaveLength(lines);
  });
});

describe('elsewhere', () => {
  test('it is a line at the begin of each stage and one every five seconds', () => {
    const { bar, written } = opened(false);
    for (let second = 0; second <= 11; second++) {
      bar.show('chain', second * 100, 2_000);
      vi.advanceTimersByTime(1_000);
    }
    bar.show('balances', 0, 0);
    bar.end();
    expect(written).toEqual([
      '[1/3] chain 0 / 2,000 0:00\n',
      '[1/3] chain 400 / 2,000 0:05 还剩 left 0:20\n',
      '[1/3] chain 900 / 2,000 0:10 还剩 left 0:12\n',
      '[2/3] balances 0:00\n',
    ]);
  });
});
