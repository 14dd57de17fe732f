import { expect, test } from 'vitest';
import { limitAddresses } from './addresses.ts';

const clock = (at = 1_000_000) => ({ at, nowMs: () => clockNow.at });
let clockNow = clock();

test('an address that tries too often waits until its window has slid on', () => {
  clockNow = clock();
  const limit = limitAddresses(clockNow.nowMs, { triesMax: 3, addressesMax: 10 });
  expect([1, 2, 3].map(() => limit.take('192.0.2.1'))).toEqual([0, 0, 0]);
  expect(limit.take('192.0.2.1')).toBe(60);
  expect(limit.take('192.0.2.2')).toBe(0);
  clockNow.at += 30_000;
  expect(limit.take('192.0.2.1')).toBe(30);
  // The three of the first window still count by two thirds.
  clockNow.at += 50_000;
  expect(limit.take('192.0.2.1')).toBe(0);
  expect(limit.take('192.0.2.1')).toBeGreaterThan(0);
  clockNow.at += 200_000;
  expect([1, 2, 3].map(() => limit.take('192.0.2.1'))).toEqual([0, 0, 0]);
});

test('one network of IPv6 is one address', () => {
  clockNow = clock();
  const limit = limitAddresses(clockNow.nowMs, { triesMax: 1, addressesMax: 10 });
  expect(limit.take('2001:db8:1:2::1')).toBe(0);
  expect(limit.take('2001:db8:1:2::2')).toBeGreaterThan(0);
  expect(limit.take('2001:db8:1:3::1')).toBe(0);
  expect(limit.take('::ffff:192.0.2.1')).toBe(0);
  expect(limit.take('::ffff:192.0.2.2')).toBe(0);
});

test('addresses without end are not remembered without end', () => {
  clockNow = clock();
  const limit = limitAddresses(clockNow.nowMs, { triesMax: 1, addressesMax: 2 });
  expect(['a', 'b', 'b', 'c'].map((name) => limit.take(name) === 0)).toEqual([true, true, false, true]);
  // "a" was quiet longest and is forgotten; "c" is not.
  expect([limit.take('c') === 0, limit.take('a') === 0]).toEqual([false, true]);
});
