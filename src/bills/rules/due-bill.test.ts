import { expect, test } from 'vitest';
import type { BillsAnswer } from '#bills/utility.ts';
import { fen } from '#money/fen.ts';
import { judgeDue } from './due-bill.ts';

const bill = { billNumber: 'W-1', period: '2026-10', amountFen: fen(5_000), penaltyFen: fen(25) };
const found: BillsAnswer = { status: 'found', bills: [{ ...bill, billNumber: 'W-0' }, bill] };

test('a bill is due in its amount and the penalty, to the fen', () => {
  expect(judgeDue(found, { billNumber: 'W-1', amountFen: 5_025n })).toBe(bill);
});

test.for([
  ['bill-amount-changed', found, 5_000n],
  ['bill-amount-changed', found, 5_024n],
  ['bill-amount-changed', found, 5_026n],
  ['bill-unknown', { status: 'found', bills: [] }, 5_025n],
  ['bill-unknown', { status: 'unknown-customer' }, 5_025n],
  ['utility-silent', { status: 'unknown' }, 5_025n],
  ['utility-silent', { status: 'refused', code: 'closed' }, 5_025n],
] as const)('it is %s when the utility says so', ([refusal, answer, amountFen]) => {
  expect(judgeDue(answer, { billNumber: 'W-1', amountFen })).toBe(refusal);
});
