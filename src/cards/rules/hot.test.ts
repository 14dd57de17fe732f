import { describe, expect, test } from 'vitest';
import { deltasMax, hotCauses, hotChangeOf, readCursor, servesDeltas, writeCursor } from './hot.ts';

describe('a change of status on the hot list', () => {
  test.each([
    [null, 'not-active', null],
    [null, 'active', null],
    [null, 'lost', { op: 'add', cause: 'lost' }],
    ['not-active', 'active', null],
    ['active', 'temporarily-lost', { op: 'add', cause: 'temporarily-lost' }],
    ['temporarily-lost', 'active', { op: 'remove', cause: 'temporarily-lost' }],
    ['temporarily-lost', 'lost', { op: 'add', cause: 'lost' }],
    ['temporarily-lost', 'temporarily-lost', null],
    ['locked', 'active', { op: 'remove', cause: 'locked' }],
    ['active', 'replaced', { op: 'add', cause: 'replaced' }],
    ['lost', 'replaced', { op: 'add', cause: 'replaced' }],
    ['active', 'expired', { op: 'add', cause: 'expired' }],
    ['active', 'closed', { op: 'add', cause: 'closed' }],
  ] as const)('from %s to %s is %o', (before, after, change) => {
    expect(hotChangeOf(before, after)).toEqual(change);
  });

  test('has a cause for each way of not being good', () => {
    expect(hotCauses.map((cause) => hotChangeOf('active', cause)?.cause)).toEqual(hotCauses);
  });
});

describe('a cursor', () => {
  test.each([
    { version: 0n, mark: null },
    { version: 12n, mark: null },
    { version: 12n, mark: '00ff00ff00ff00ff' },
  ])('is read as it was written: %o', (cursor) => {
    expect(readCursor(writeCursor(cursor))).toEqual(cursor);
  });

  test.each(['', '-', '12-', '12-zz', '12-00ff', ' 12', '-1', '9'.repeat(19)])('is not %j', (text) => {
    expect(readCursor(text)).toBeNull();
  });
});

describe('a terminal is given what changed since its version', () => {
  test.each([
    [null, 5n, false],
    [5n, 5n, true],
    [0n, 5n, true],
    [6n, 5n, false],
    [0n, deltasMax, true],
    [0n, deltasMax + 1n, false],
  ])('having %s where %s is the latest: %s', (since, latest, wanted) => {
    expect(servesDeltas(since, latest)).toBe(wanted);
  });
});
