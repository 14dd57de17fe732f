import { describe, expect, test } from 'vitest';
import { type BatchStand, judgeSettlement } from './judge-settlement.ts';
import { noTotals } from './totals.ts';

const own = { debitFen: 700n, debitCount: 3, creditFen: 200n, creditCount: 1 };
const other = { ...own, debitCount: 4 };
const open: BatchStand = { state: 'open', settleTrace: null, settleAnswer: null, own: null, claimed: null };
const settle = (batch: BatchStand, claimed = own, traceNumber = 7) =>
  judgeSettlement(batch, { traceNumber, claimed }, own);

describe('a settlement', () => {
  test('that claims what our books say closes the batch', () => {
    expect(settle(open)).toEqual({
      answer: 'balanced',
      after: { state: 'closed', settleTrace: 7, settleAnswer: 'balanced', own, claimed: own },
    });
  });

  test('that claims anything else leaves it to be uploaded', () => {
    const { answer, after } = settle(open, other);
    expect([answer, after?.state, after?.own, after?.claimed]).toEqual([
      'unbalanced',
      'unbalanced',
      own,
      other,
    ]);
  });

  test('that is repeated is given the answer it had, whatever happened since', () => {
    const unbalanced = settle(open, other).after as BatchStand;
    expect(judgeSettlement(unbalanced, { traceNumber: 7, claimed: other }, other)).toEqual({
      answer: 'unbalanced',
      after: null,
    });
    const closed: BatchStand = { ...unbalanced, state: 'closed' };
    expect(settle(closed, other)).toEqual({ answer: 'unbalanced', after: null });
    const balanced = settle(open).after as BatchStand;
    expect(judgeSettlement(balanced, { traceNumber: 7, claimed: own }, noTotals).answer).toBe('balanced');
  });

  test('that comes anew for a batch that did not balance is judged anew', () => {
    const unbalanced = settle(open, other).after as BatchStand;
    expect(settle(unbalanced, own, 8).after?.state).toBe('closed');
    expect(settle(unbalanced, other, 8).after).toMatchObject({ state: 'unbalanced', settleTrace: 8 });
  });

  test.for([
    [own, 'balanced'],
    [other, 'unbalanced'],
  ] as const)('that comes anew for a closed batch changes nothing: %o is %s', ([claimed, answer]) => {
    const closed = settle(open).after as BatchStand;
    expect(settle(closed, claimed, 8)).toEqual({ answer, after: null });
  });
});
