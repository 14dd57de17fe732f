import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  batchKeysSql,
  businessKey,
  callerKey,
  isNamed,
  isNamedKeySql,
  namedKey,
  namedKeySql,
  namedReversalKey,
  reversalKey,
  reversalKeySql,
  type TraceKey,
  traceNumberOf,
} from './keys.ts';

const trace: TraceKey = { terminalId: 10_000_001, batchNumber: 1, traceNumber: 42, localDate: '2026-11-22' };
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const anyTrace = fc.record({
  terminalId: fc.integer({ min: 1, max: 99_999_999 }),
  batchNumber: fc.integer({ min: 1, max: 999_999 }),
  traceNumber: fc.integer({ min: 0, max: 999_999 }),
  localDate: fc
    .integer({ min: 0, max: 0xffff })
    .map((days) => new Date(Date.UTC(2000, 0, 1 + days)).toISOString().slice(0, 10)),
});

describe('the business key', () => {
  test('it is class, terminal, day, batch and trace number, each in its place', () => {
    expect(businessKey(trace)).toBe('01009896-8126-5e00-0001-00002a000000');
    expect(reversalKey(trace)).toBe('02009896-8126-5e00-0001-00002a000000');
  });

  test('two traces that differ in anything have two keys, and one trace has one', () => {
    fc.assert(
      fc.property(anyTrace, anyTrace, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(businessKey(a) === businessKey(b)).toBe(same);
        expect(businessKey({ ...a })).toBe(businessKey(a));
        expect(businessKey(a)).toMatch(uuid);
      }),
    );
  });

  test.for([
    { terminalId: 10_000_002 },
    { batchNumber: 2 },
    { traceNumber: 43 },
    { localDate: '2026-11-23' },
  ])('another %o is another key', (other) => {
    expect(businessKey({ ...trace, ...other })).not.toBe(businessKey(trace));
  });

  test('a reversal has a key of its own: it is never taken for a repeat of its original', () => {
    fc.assert(fc.property(anyTrace, anyTrace, (a, b) => businessKey(a) !== reversalKey(b)));
  });

  test('the keys of one terminal and day lie next to each other in the order of their trace numbers', () => {
    fc.assert(
      fc.property(anyTrace, fc.integer({ min: 0, max: 999_999 }), (one, traceNumber) => {
        const other = { ...one, traceNumber };
        expect(Math.sign(traceNumber - one.traceNumber)).toBe(
          businessKey(other) < businessKey(one) ? -1 : businessKey(other) > businessKey(one) ? 1 : 0,
        );
      }),
    );
  });

  test.for([
    { localDate: '1999-12-31' },
    { localDate: '2179-06-07' },
    { localDate: '2026-02-30' },
    { terminalId: -1 },
    { terminalId: 2 ** 32 },
    { batchNumber: 2 ** 24 },
    { traceNumber: 2 ** 24 },
  ])('%o does not fit its place: a fault, never another key', (wrong) => {
    expect(() => businessKey({ ...trace, ...wrong })).toThrow(RangeError);
  });
});

describe('the keys of a batch', () => {
  test('its trace number is read back from a key', () => {
    fc.assert(fc.property(anyTrace, (one) => traceNumberOf(businessKey(one)) === one.traceNumber));
    expect(traceNumberOf(reversalKey(trace))).toBe(trace.traceNumber);
  });

  test('in PostgreSQL they are the range from its first trace number to its last', () => {
    const { first, last } = batchKeysSql({ terminal: 't', day: 'd', batch: 'b' });
    const start = `'01' || lpad(to_hex(t), 8, '0') || lpad(to_hex((d)::date - date '2000-01-01'), 4, '0') || lpad(to_hex(b), 6, '0')`;
    expect(first).toBe(`(${start} || '000000000000')::uuid`);
    expect(last).toBe(`(${start} || 'ffffffffffff')::uuid`);
    expect(reversalKeySql('k')).toBe(`('02' || substr(k::text, 3))::uuid`);
  });
});

describe('the caller’s key', () => {
  test('it is a digest: the key itself is not kept', () => {
    expect(callerKey('client', 'order-1')).toMatch(uuid);
    expect(callerKey('client', 'order-1')).not.toContain('order');
  });

  test('two clients may use the same key, and one client two', () => {
    expect(callerKey('a', 'k')).not.toBe(callerKey('b', 'k'));
    expect(callerKey('a', 'k')).not.toBe(callerKey('a', 'l'));
    expect(callerKey('a', 'k')).toBe(callerKey('a', 'k'));
  });

  test('where the client’s name ends and its key begins is not to be mistaken', () => {
    expect(callerKey('1', '2k')).not.toBe(callerKey('12', 'k'));
  });
});

describe('a key of what has a name of its own', () => {
  test('is the same for the same name, and another for another name, scope or class', () => {
    const keys = [
      namedKey('medical 400001', 'H46-0001'),
      namedKey('medical 400001', 'H46-0002'),
      namedKey('medical 400002', 'H46-0001'),
      namedReversalKey('medical 400001', 'H46-0001'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(namedKey('medical 400001', 'H46-0001')).toBe(keys[0]);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});

test('a key tells whether it was made of a name or of a trace', () => {
  expect([namedKey('bill', 'x'), namedReversalKey('bill', 'x')].map(isNamed)).toEqual([true, true]);
  fc.assert(fc.property(anyTrace, (one) => !isNamed(businessKey(one)) && !isNamed(reversalKey(one))));
});

describe('a named key in PostgreSQL', () => {
  test('has the class of named keys, over the same digest (the proofs of bills, loads and subsidies compare them)', () => {
    const [first] = namedKey('bill', 'x');
    expect(first).toBe('0');
    expect(namedKeySql(`'bill'`, 'id::text')).toBe(
      `('03' || left(encode(sha256(convert_to('bill' || chr(10) || id::text, 'UTF8')), 'hex'), 30))::uuid`,
    );
    expect(isNamedKeySql('k')).toBe(`left(k::text, 2) = '03'`);
  });
});
