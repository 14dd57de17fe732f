import { expect, test } from 'vitest';
import { afterFault } from './faults.ts';

test.for([
  ['23505', 'another instance pinned the key first'],
  ['40P01', 'a deadlock chose us'],
  ['40001', 'it could not be serialised'],
  ['55P03', 'a lock was not to be had'],
] as const)('%s (%s): the group runs again, on the connection it has or on a new one', ([code]) => {
  expect(afterFault(code, true)).toBe('run-again');
  expect(afterFault(code, false)).toBe('run-again');
});

test.for(['57P01', '57P02', '57P03', '08006', '08000', '25006'])(
  '%s: the server ended the connection, or another has taken over',
  (code) => {
    expect(afterFault(code, true)).toBe('reconnect');
    expect(afterFault(code, false)).toBe('reconnect');
  },
);

test('a connection that is gone is made again, whatever the reason', () => {
  expect(afterFault(undefined, false)).toBe('reconnect');
  expect(afterFault('ECONNREFUSED', false)).toBe('reconnect');
  expect(afterFault('25P03', false)).toBe('reconnect');
  expect(afterFault('25P03', true)).toBe('reconnect');
  expect(afterFault('23514', false)).toBe('reconnect');
});

test.for([undefined, '23514', '22003', '42P01', '42501', '22021', 'P0001'])(
  '%s on a connection that stands is the fault of one request or of ours: the group is taken apart',
  (code) => {
    expect(afterFault(code, true)).toBe('isolate');
  },
);
