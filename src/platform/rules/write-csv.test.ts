import { expect, test } from 'vitest';
import { csvLine } from './write-csv.ts';

test('cells with commas, quotes or line breaks are quoted, and quotes doubled (RFC 4180)', () => {
  expect(csvLine(['海口,三亚', 'a "b"', 'c\r\nd', 'e', 12n, 0])).toBe(
    '"海口,三亚","a ""b""","c\r\nd",e,12,0\r\n',
  );
});

test.each([
  '=1+1',
  '+1+1',
  '-1+1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' =1',
  '＝1',
  '＋1',
  '－1',
  '＠A',
  '|calc',
  "=cmd|' /C calc'!A0",
])('a text that a spreadsheet would run is disarmed: %j', (text) => {
  expect(csvLine([text]).replace(/^"/, '').startsWith("'")).toBe(true);
});

test.each(['-12.50', '12.50', '-0.01', '0', '商户1', 'a=b', 'A-1', "O'Neil"])(
  'an amount or an ordinary text is left as it is: %s',
  (text) => {
    expect(csvLine([text])).toBe(`${text}\r\n`);
  },
);
