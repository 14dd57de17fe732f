import { expect, test } from 'vitest';
import { isWeakStaffPassword, staffNamePattern } from './staff-name.ts';

test.each([
  ['short-one', true],
  ['aaaaaaaaaaaaaaaa', true],
  ['my-finance-1-password', true],
  ['x'.repeat(60) + 'abcdefgh'.repeat(10), true],
  ['correct horse battery', false],
  ['椰岛一卡通后台登录口令甲乙', false],
])('%j is too simple for staff: %s', (password, weak) =>
  expect(isWeakStaffPassword(password, 'finance-1')).toBe(weak),
);

test('a name to sign in with is small letters, digits, dots and dashes', () => {
  for (const name of ['finance-1', 'abc', 'a.b']) expect(name).toMatch(staffNamePattern);
  for (const name of ['ab', '1ab', 'Finance', 'a b c', 'x'.repeat(33), ''])
    expect(name).not.toMatch(staffNamePattern);
});
