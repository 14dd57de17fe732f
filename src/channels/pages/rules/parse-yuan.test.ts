import { expect, test } from 'vitest';
import { parseWholeYuan } from './parse-yuan.ts';

test.each([
  ['50', 5_000n],
  [' ¥50.00 ', 5_000n],
  ['0', 0n],
  ['999999', 99_999_900n],
])('%s is %i fen', (text, amount) => expect(parseWholeYuan(text)).toBe(amount));

test.each(['', '50.5', '-50', '5e3', '５０', '1000000', '50 元', '0x10', '50.000'])(
  '%s is no whole amount of yuan',
  (text) => expect(parseWholeYuan(text)).toBeNull(),
);
