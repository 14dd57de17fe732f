import { describe, expect, test } from 'vitest';
import type { Grant } from './concession.ts';
import { futureGrantsMax, judgeGrant } from './grant.ts';

const today = '2026-11-22';
const grant = (over: Partial<Grant> = {}): Grant => ({
  category: 'student',
  fromDay: today,
  toDay: null,
  ...over,
});
const known = { grants: [], isKnown: true };

describe('a category may be given', () => {
  test.for([
    [{}, null],
    [{ fromDay: '2026-11-21' }, 'days-not-allowed'],
    [{ fromDay: '2027-11-23' }, null],
    [{ fromDay: '2027-11-24' }, 'days-not-allowed'],
    [{ toDay: today }, null],
    [{ toDay: '2026-11-21' }, 'days-not-allowed'],
  ] as const)(
    'with %j it is judged %s: from today on, within a year, and not backwards',
    ([over, verdict]) => {
      expect(judgeGrant(grant(over), today, known)).toBe(verdict);
    },
  );

  test('one that no operator knows is not given; "none" takes one away', () => {
    const nobodys = { grants: [], isKnown: false };
    expect(judgeGrant(grant(), today, nobodys)).toBe('category-unknown');
    expect(judgeGrant(grant({ category: 'none' }), today, nobodys)).toBeNull();
  });

  test('the same again is a repeat, unless another came between', () => {
    expect(judgeGrant(grant(), today, { ...known, grants: [grant()] })).toBe('repeat');
    const changed = [grant({ category: 'senior-65' }), grant()];
    expect(judgeGrant(grant(), today, { ...known, grants: changed })).toBeNull();
    expect(judgeGrant(grant({ toDay: '2027-01-01' }), today, { ...known, grants: [grant()] })).toBeNull();
  });

  test('so many may begin in the future and no more; one from today on still may', () => {
    const future = Array.from({ length: futureGrantsMax }, (_, i) => grant({ fromDay: `2026-12-0${i + 1}` }));
    const full = { ...known, grants: future };
    expect(judgeGrant(grant({ fromDay: '2026-12-20' }), today, full)).toBe('too-many-concessions');
    expect(judgeGrant(grant(), today, full)).toBeNull();
  });
});
