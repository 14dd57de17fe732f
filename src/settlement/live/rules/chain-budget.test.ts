import { expect, test } from 'vitest';
import { chainBudget } from './chain-budget.ts';

test('a busy process gives the chains a fortieth of its time, one at leisure up to a fifth for what is new', () => {
  expect(chainBudget(15_000, 0.9)).toEqual({ newMs: 300, againMs: 75 });
  expect(chainBudget(15_000, 0.5)).toEqual({ newMs: 300, againMs: 75 });
  expect(chainBudget(15_000, 0.1)).toEqual({ newMs: 3_000, againMs: 300 });
});
