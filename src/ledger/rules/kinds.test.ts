import { expect, test } from 'vitest';
import { kindCodes } from './kinds.ts';

test('the codes stand in the journal: none is ever changed', () => {
  expect(kindCodes).toEqual({
    payment: 1,
    load: 2,
    authorise: 3,
    capture: 4,
    void: 5,
    refund: 6,
    reversal: 7,
    compensation: 8,
  });
});
