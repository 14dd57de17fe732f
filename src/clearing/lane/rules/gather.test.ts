import { expect, test } from 'vitest';
import { mayGather } from './gather.ts';

const stream = { lastSize: 10, sinceLastMs: 2, queued: 5 };

test('in a stream of requests a lane waits for more, soon after the group before', () => {
  expect(mayGather(stream)).toBe(true);
});

test('where requests come one by one, none waits', () => {
  expect(mayGather({ ...stream, lastSize: 0 })).toBe(false);
  expect(mayGather({ ...stream, lastSize: 3 })).toBe(false);
});

test('a group that pays for itself goes at once', () => {
  expect(mayGather({ ...stream, queued: 23 })).toBe(true);
  expect(mayGather({ ...stream, queued: 24 })).toBe(false);
});

test('nobody waits once the group before began long enough ago', () => {
  expect(mayGather({ ...stream, sinceLastMs: 5.9 })).toBe(true);
  expect(mayGather({ ...stream, sinceLastMs: 6 })).toBe(false);
});
