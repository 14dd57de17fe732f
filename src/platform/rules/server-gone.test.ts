import { expect, test } from 'vitest';
import { goneReason, isServerGone, saysServerGone } from './server-gone.ts';

const withCode = (code: string) => Object.assign(new Error('said by the server'), { code });

test.for([
  '57P01',
  '57P02',
  '57P03',
  '57014',
  '08006',
  '25P03',
  '25006',
  '53300',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
])('%s: the server is not there for us now', (code) => {
  expect(saysServerGone(code)).toBe(true);
  expect(isServerGone(withCode(code))).toBe(true);
  expect(isServerGone(new Error('a room failed', { cause: withCode(code) }))).toBe(true);
  expect(goneReason(withCode(code))).toBe(code);
});

test.for([
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Query read timeout',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
])('the driver says the same without a code: %s', (message) => {
  expect(isServerGone(new Error(message))).toBe(true);
  expect(goneReason(new Error(message))).toBe(message);
});

test.for(['23505', '23514', '42P01', '42501', '25P02', '40001', '53100', '08P01', 'ENOENT', 'P0001', '57'])(
  '%s is a fault of the request or of ours',
  (code) => {
    expect(saysServerGone(code)).toBe(false);
    expect(isServerGone(withCode(code))).toBe(false);
  },
);

test('of a host with two addresses both must be gone, and nothing else is taken for a server', () => {
  expect(isServerGone(new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]))).toBe(true);
  expect(isServerGone(new AggregateError([withCode('ECONNREFUSED'), withCode('23505')]))).toBe(false);
  for (const thrown of [undefined, null, 'ECONNRESET', new Error('a bug'), new AggregateError([])])
    expect(isServerGone(thrown)).toBe(false);
  const circle = new Error('itself');
  circle.cause = circle;
  expect(isServerGone(circle)).toBe(false);
});
