import { expect, test } from 'vitest';
import { reportHeader, reportLine } from './report-csv.ts';

const paid = {
  lineNo: 7,
  state: 'paid',
  cause: null,
  amountFen: 9_000n,
  nameMasked: '甲*',
  cardTail: '0007',
  paidOn: '2026-11-22',
};

test('a paid line says when, a failed one why in both languages', () => {
  expect(reportLine(paid)).toBe('7,paid,,,,9000,甲*,0007,2026-11-22\r\n');
  const failed = { ...paid, state: 'failed', cause: 'name-differs', paidOn: null, cardTail: null };
  expect(reportLine(failed)).toBe(
    '7,failed,name-differs,姓名与社会保障号码不符,The name is not that of the number,9000,甲*,,\r\n',
  );
  expect(reportLine({ ...failed, amountFen: null, nameMasked: null }).split(',')).toHaveLength(
    reportHeader.split(',').length,
  );
});

test('the file begins with a byte order mark, so that a spreadsheet shows the names', () => {
  expect(reportHeader.startsWith('\uFEFFline,state,')).toBe(true);
});

test('a name that a spreadsheet would run is disarmed', () => {
  expect(reportLine({ ...paid, nameMasked: '=*' })).toContain("'=*");
});
