import { expect, test } from 'vitest';
import { readByWindows } from './by-windows.ts';

const ids = [1n, 3n, 5n, 7n, 11n];
const windows = [
  { after: 0n, through: 4n },
  { after: 4n, through: 10n },
  { after: 10n, through: 99n },
];

test('a page is filled from window to window, and no window is read that is not needed', async () => {
  for (let limit = 1; limit <= 6; limit++) {
    let looks = 0;
    const page = await readByWindows(windows, limit, async ({ after, through }, left) => {
      looks++;
      return ids.filter((id) => id > after && id <= through).slice(0, left);
    });
    expect(page).toEqual(ids.slice(0, limit));
    expect(looks).toBe(limit <= 2 ? 1 : limit <= 4 ? 2 : 3);
  }
});
