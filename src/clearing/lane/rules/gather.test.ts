import { expect, test } from 'vitest';
import { mayGather } from './gather.ts';

const stream = { lastSize: 10, sinceLastMs: 2, queued: 5, sizeMax: 512, hasWaited: false };

test('in a stream of requests a lane waits for more, soon after the group before', () => {
  expect(mayGather(stream)).toBe(true);
});

test('where requests come one by one, none waits', () => {
  expect(mayGather({ ...stream, lastSize: 0 })).toBe(false);
  expect(mayGather({ ...stream, lastSize: 3 })).toBe(false);
});

test('a group that pays for itself goes at once', () => {
  const waited = { ...stream, hasWaited: true };
  expect(mayGather({ ...waited, queued: 23 })).toBe(true);
  expect(mayGather({ ...waited, queued: 24 })).toBe(false);
});

test('a full group goes at once, however small a group may be', () => {
  expect(mayGather({ ...stream, sizeMax: 6 })).toBe(true);
  expect(mayGather({ ...stream, sizeMax: 5 })).toBe(false);
});

test('nobody waits once the group before began long enough ago', () => {
  expect(mayGather({ ...stream, sinceLastMs: 7.9 })).toBe(true);
  expect(mayGather({ ...stream, sinceLastMs: 8 })).toBe(false);
});

test('clients who come back together, as many as were answered, wait for no others', () => {
  expect(mayGather({ ...stream, queued: 9 })).toBe(true);
  expect(mayGather({ ...stream, queued: 10 })).toBe(false);
  expect(mayGather({ ...stream, queued: 10, hasWaited: true })).toBe(true);
});
