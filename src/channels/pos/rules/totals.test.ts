import { expect, test } from 'vitest';
import { readTotals, withResult } from './totals.ts';

const domestic = `${'000000000007'}${'007'}${'000000000100'}${'002'}0`;
const nothing = '0'.repeat(31);

test('field 48 says what a batch comes to', () => {
  expect(readTotals(domestic + nothing)).toEqual({
    debitFen: 7n,
    debitCount: 7,
    creditFen: 100n,
    creditCount: 2,
  });
});

test('what is no 62 digits, or has foreign cards, is not read', () => {
  for (const field of [undefined, '', '0'.repeat(61), '0'.repeat(63), 'x'.repeat(62), nothing + domestic])
    expect(readTotals(field)).toBeNull();
});

test('the result stands in digits 31 and 62', () => {
  const answer = withResult(domestic + nothing, '1');
  expect(answer).toHaveLength(62);
  expect([answer[30], answer[61]]).toEqual(['1', '1']);
  expect(answer.slice(0, 30)).toBe(domestic.slice(0, 30));
});
