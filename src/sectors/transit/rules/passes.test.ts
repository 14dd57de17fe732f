import { describe, expect, test } from 'vitest';
import { groupedBy } from '#sectors/rules/effective.ts';
import {
  buyPass,
  countRide,
  type Pass,
  type PassProduct,
  passesMax,
  passFor,
  passKey,
  returnPass,
} from './passes.ts';

const monthly: PassProduct = {
  participantId: 1,
  code: 'M1',
  effectiveFrom: '2026-01-01',
  kind: 'monthly',
  priceFen: 12_000n,
  rides: null,
  validDays: null,
  lines: ['*'],
};
const thirty: PassProduct = { ...monthly, code: 'D30', validDays: 30 };
const count: PassProduct = {
  ...monthly,
  code: 'T3',
  kind: 'count',
  priceFen: 500n,
  rides: 3,
  validDays: 10,
  lines: ['R1', 'R2'],
};
const products = groupedBy(
  [monthly, thirty, count, { ...count, effectiveFrom: '2026-12-01', lines: ['R9'] }],
  (product) => passKey(product.participantId, product.code),
);
type Before = readonly [passes: readonly Pass[], entryId: bigint];
const bought = (product: PassProduct, day: string, [before, entryId]: Before = [[], 7n]) => {
  const passes = buyPass(product, { entryId, day }, before);
  if (typeof passes === 'string') throw new Error(passes);
  return passes;
};
const rideOn = (passes: readonly Pass[], line: string, day: string) =>
  passFor(passes, { participantId: 1, line, day }, products)?.code;

describe('a pass that is bought', () => {
  test.for([
    [monthly, '2026-11-22', '2026-11-30'],
    [monthly, '2028-02-01', '2028-02-29'],
    [thirty, '2026-11-22', '2026-12-21'],
    [count, '2026-11-22', '2026-12-01'],
  ] as const)('$0.code bought on $1 is good until $2', ([product, day, until]) => {
    expect(bought(product, day)).toMatchObject([{ fromDay: day, untilDay: until, ridesLeft: product.rides }]);
  });

  test('a month that is paid for already is not paid for again: the next pass begins after it', () => {
    const first = bought(monthly, '2026-11-22');
    const second = bought(monthly, '2026-11-22', [first, 8n]);
    expect(second.at(-1)).toMatchObject({ fromDay: '2026-12-01', untilDay: '2026-12-31' });
    const third = bought(monthly, '2026-11-22', [second, 9n]);
    expect(third.at(-1)).toMatchObject({ fromDay: '2027-01-01', untilDay: '2027-01-31' });
    const days = bought(thirty, '2026-12-21', [bought(thirty, '2026-11-22'), 8n]);
    expect(days.at(-1)).toMatchObject({ fromDay: '2026-12-22', untilDay: '2027-01-20' });
  });

  test('a card account has eight at the most; what is over makes room, then what is used up', () => {
    let passes: Pass[] = [];
    for (let i = 0; i < passesMax; i++) passes = bought(count, '2026-11-22', [passes, BigInt(i)]);
    expect(buyPass(count, { entryId: 99n, day: '2026-11-22' }, passes)).toBe('too-many-passes');
    let used = passes;
    for (let i = 0; i < 3; i++) used = countRide(used, 4n, -1);
    expect(bought(count, '2026-11-22', [used, 99n]).map((pass) => pass.entryId)).not.toContain(4n);
    expect(bought(count, '2026-12-02', [passes, 99n]).map((pass) => pass.entryId)).toEqual([99n]);
  });

  test('a used-up one that still has room stays: a ride that is taken back is given back to it', () => {
    let passes = bought(count, '2026-11-22');
    for (let i = 0; i < 3; i++) passes = countRide(passes, 7n, -1);
    expect(bought(monthly, '2026-11-22', [passes, 8n])).toHaveLength(2);
  });
});

describe('the pass that a ride is on', () => {
  const passes = bought(count, '2026-11-22');

  test.for([
    ['R1', '2026-11-22', 1, 'T3'],
    ['R1', '2026-12-01', 1, 'T3'],
    ['R1', '2026-12-02', 1, undefined],
    ['R1', '2026-11-21', 1, undefined],
    ['R3', '2026-11-22', 1, undefined],
    ['R1', '2026-11-22', 2, undefined],
    ['R9', '2026-12-01', 1, undefined],
  ] as const)(
    'line %s on %s at operator %i: %s; the lines are those of the day it was bought',
    ([line, day, operator, code]) => {
      expect(passFor(passes, { participantId: operator, line, day }, products)?.code).toBe(code);
    },
  );

  test('one without number goes before one that loses a ride, and of those the one that ends first', () => {
    const both = bought(monthly, '2026-11-22', [passes, 8n]);
    expect(rideOn(both, 'R1', '2026-11-22')).toBe('M1');
    expect(rideOn(both, 'R1', '2026-12-01')).toBe('T3');
    const two = bought({ ...count, validDays: 5 }, '2026-11-22', [passes, 9n]);
    expect(passFor(two, { participantId: 1, line: 'R1', day: '2026-11-22' }, products)?.entryId).toBe(9n);
  });

  test('its third ride is its last, and one that is taken back may be taken again', () => {
    let rides = passes;
    for (let i = 0; i < 3; i++) rides = countRide(rides, 7n, -1);
    expect(rideOn(rides, 'R1', '2026-11-22')).toBeUndefined();
    rides = countRide(rides, 7n, 1);
    expect(rideOn(rides, 'R1', '2026-11-22')).toBe('T3');
  });
});

describe('a pass that is returned', () => {
  test('what is left of it is gone, and nothing is given back to it any more', () => {
    const both = bought(monthly, '2026-11-22', [bought(count, '2026-11-22'), 8n]);
    const left = returnPass(both, 7n);
    expect(left.map((pass) => pass.entryId)).toEqual([8n]);
    expect(countRide(left, 7n, 1)).toEqual(left);
  });
});
