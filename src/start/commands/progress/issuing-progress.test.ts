import { describe, expect, test } from 'vitest';
import { issuingProgress } from './issuing-progress.ts';

/** Every quarter of a second a batch of 2,000 lines is done. */
function shownAfter(seconds: number, how: { redraws: boolean; doneBefore?: number }): string[] {
  const written: string[] = [];
  let atMs = 5_000;
  const { redraws, doneBefore = 0 } = how;
  const progress = issuingProgress({ write: (text) => written.push(text), redraws }, () => atMs);
  for (let batch = 0; batch <= seconds * 4; batch++, atMs += 250)
    progress.show(doneBefore + batch * 2_000, 300_000);
  progress.end();
  return written;
}

describe('the progress of issuing', () => {
  test('on a terminal it is one line that is drawn anew each second, and wiped at the end', () => {
    const clear = '\r\x1b[2K';
    expect(shownAfter(2, { redraws: true })).toEqual([
      `${clear}制卡 issuing 0 / 300,000`,
      `${clear}制卡 issuing 8,000 / 300,000, 每秒 per second 8,000`,
      `${clear}制卡 issuing 16,000 / 300,000, 每秒 per second 8,000`,
      clear,
    ]);
  });

  test('elsewhere it is a line each ten seconds', () => {
    expect(shownAfter(21, { redraws: false })).toEqual([
      '制卡 issuing 0 / 300,000\n',
      '制卡 issuing 80,000 / 300,000, 每秒 per second 8,000\n',
      '制卡 issuing 160,000 / 300,000, 每秒 per second 8,000\n',
    ]);
  });

  test('a run after a kill says from which line of the file it goes on, and counts its own speed', () => {
    expect(shownAfter(10, { redraws: false, doneBefore: 100_000 })).toEqual([
      '从第 100002 行接着制卡 goes on from line 100002\n',
      '制卡 issuing 100,000 / 300,000\n',
      '制卡 issuing 180,000 / 300,000, 每秒 per second 8,000\n',
    ]);
  });

  test('a file that was not begun leaves nothing on the screen', () => {
    const written: string[] = [];
    issuingProgress({ write: (text) => written.push(text), redraws: true }).end();
    expect(written).toEqual([]);
  });
});
