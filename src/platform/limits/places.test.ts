import { expect, test } from 'vitest';
import { openPlaces } from './places.ts';

test('beyond the last place the answer is busy, and nothing was begun', async () => {
  const within = openPlaces(2);
  const release: (() => void)[] = [];
  const hold = () => new Promise<void>((resolve) => release.push(resolve));
  const inside = [within(hold), within(hold)];
  expect(await within(() => Promise.reject(new Error('it was let in')))).toBe('busy');
  for (const end of release) end();
  await Promise.all(inside);
  expect(await within(async () => 'done')).toBe('done');
});

test('a work that failed gives its place back', async () => {
  const within = openPlaces(1);
  await expect(within(() => Promise.reject(new Error('a fault')))).rejects.toThrow('a fault');
  expect(await within(async () => 'done')).toBe('done');
});
