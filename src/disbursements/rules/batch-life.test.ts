import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BatchState, batchStates, batchSteps, isPublishedLongEnough, nextState } from './batch-life.ts';

const allowed = [
  'imported publish published',
  'imported correct imported',
  'imported withdraw withdrawn',
  'published propose proposed',
  'published correct imported',
  'published withdraw withdrawn',
  'proposed propose proposed',
  'proposed approve approved',
  'proposed reject returned',
  'returned propose proposed',
  'returned correct corrected',
  'returned withdraw withdrawn',
  'approved run running',
  'running run running',
  'running finish paid',
  'running finish-in-part partly-paid',
  'partly-paid correct corrected',
  'corrected propose proposed',
  'corrected correct corrected',
  'corrected withdraw withdrawn',
];

describe('the life of a batch', () => {
  const pairs = batchStates.flatMap((state) => batchSteps.map((step) => [state, step] as const));
  test.each(pairs)('%s, %s: leads where the table says, and nowhere else', (state, step) => {
    const next = nextState(state, step);
    const line = `${state} ${step} ${next}`;
    expect(
      next === null ? allowed.some((one) => one.startsWith(`${state} ${step} `)) : !allowed.includes(line),
    ).toBe(false);
  });

  test('whatever happens in whatever order: nothing runs that was not approved since it last changed', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...batchSteps), { maxLength: 40 }), (steps) => {
        let state: BatchState = 'imported';
        let isApproved = false;
        for (const step of steps) {
          const next = nextState(state, step);
          if (next === null) continue;
          if (step === 'approve') isApproved = true;
          if (step === 'correct' || step === 'reject') isApproved = false;
          if (next === 'running') expect(isApproved).toBe(true);
          state = next;
        }
      }),
    );
  });

  test('paid and withdrawn are the end', () => {
    for (const step of batchSteps) {
      expect(nextState('paid', step)).toBeNull();
      expect(nextState('withdrawn', step)).toBeNull();
    }
  });
});

test.for([
  [null, true],
  ['2026-11-21', true],
  ['2026-11-22', true],
  ['2026-11-23', false],
] as const)('a list published until %s may be proposed on 2026-11-22: %s', ([until, answer]) => {
  expect(isPublishedLongEnough(until, '2026-11-22')).toBe(answer);
});
