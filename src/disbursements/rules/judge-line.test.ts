import { describe, expect, test } from 'vitest';
import type { PayeeCard } from '#cards/people/find-payees.ts';
import { checkDigitOf, isIdNumber } from '#cards/rules/id-number.ts';
import { amountFenMax } from '#money/fen.ts';
import { readFileLine } from './file-text.ts';
import { judgePayee, judgeText } from './judge-line.ts';

const region = '46010619900101001';
const good = region + checkDigitOf(region);
const wrong = region + (good.endsWith('0') ? '1' : '0');
const terms = { checkIdNumber: (text: string) => isIdNumber(text, '2026-11-22'), perLineMaxFen: 9_000n };
const judge = (line: string, perLineMaxFen = terms.perLineMaxFen) =>
  judgeText(readFileLine(line), 1, { ...terms, perLineMaxFen });

describe('a line by itself', () => {
  test.for([
    [`1,${good},甲,9000`, null],
    [`1,${good},甲,9001`, 'over-line-max'],
    [`1,${good},甲,0`, 'amount-wrong'],
    [`1,${good},甲,-5`, 'amount-wrong'],
    [`1,${good},甲,90.00`, 'amount-wrong'],
    [`1,${good},甲,`, 'amount-wrong'],
    [`1,${good},甲,1e3`, 'amount-wrong'],
    [`1,${wrong},甲,100`, 'id-number-wrong'],
    ['1,,甲,100', 'id-number-wrong'],
    [`2,${good},甲,100`, 'line-malformed'],
    [`1,${good},甲`, 'line-malformed'],
  ] as const)('%s is answered %s', ([line, cause]) => {
    expect(judge(line).cause).toBe(cause);
  });

  test('carries no more than a request may', () => {
    expect(judge(`1,${good},甲,${amountFenMax}`, amountFenMax).cause).toBeNull();
    expect(judge(`1,${good},甲,${amountFenMax + 1n}`, amountFenMax * 10n).cause).toBe('amount-wrong');
  });
});

describe('whom a line names', () => {
  const payee: PayeeCard = {
    cardAccountId: 1_000_001n,
    cardId: 1_000_001n,
    bucket: 1,
    cardTail: '0001',
    usable: true,
    nameMatches: (name) => name === '甲',
  };
  test.for([
    ['甲', payee, false, null],
    ['乙', payee, false, 'name-differs'],
    ['甲', undefined, false, 'person-unknown'],
    ['甲', { ...payee, usable: false }, false, 'card-not-usable'],
    ['甲', payee, true, 'duplicate-person'],
    ['乙', { ...payee, usable: false }, true, 'name-differs'],
  ] as const)('%s', ([name, found, isClaimed, cause]) => {
    expect(judgePayee(name, found, isClaimed)).toBe(cause);
  });
});
