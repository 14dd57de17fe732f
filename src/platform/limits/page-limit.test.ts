import { expect, test } from 'vitest';
import { requirePageLimit } from './page-limit.ts';

test.for([1, 100, 101])('a page of %i rows may be read where a hundred are shown', (limit) => {
  expect(() => requirePageLimit(limit, 100)).not.toThrow();
});

test.for([0, -1, 102, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a page of %s rows is a fault of the caller',
  (limit) => {
    expect(() => requirePageLimit(limit, 100)).toThrow('a page outside its limit');
  },
);
