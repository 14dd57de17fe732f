import { describe, expect, test } from 'vitest';
import { fileHeader, fileLines, fileLinesMax, readFileLine } from './file-text.ts';

const file = (...lines: string[]) => Buffer.from([fileHeader, ...lines].join('\n'));

describe('a file', () => {
  test.for([
    ['not UTF-8', Buffer.from([0xff, 0xfe, 0x41]), 'file-not-text'],
    ['without the header', Buffer.from('1,460106199001010019,甲,100\n'), 'file-header-wrong'],
    ['of nothing', Buffer.from(''), 'file-header-wrong'],
    ['of a header alone', file(), 'file-empty'],
    ['of too many lines', file(...Array.from({ length: fileLinesMax + 1 }, () => 'x')), 'file-too-long'],
  ] as const)('%s is refused whole', ([, bytes, refusal]) => {
    expect(fileLines(bytes)).toBe(refusal);
  });

  test('may begin with a byte order mark, end its lines either way, and end with an empty line', () => {
    expect(fileLines(Buffer.from(`\uFEFF${fileHeader}\r\na\r\nb\r\n`))).toEqual(['a', 'b']);
    expect(fileLines(file('a', '', 'b'))).toEqual(['a', '', 'b']);
    expect(fileLines(file(...Array.from({ length: fileLinesMax }, () => 'x')))).toHaveLength(fileLinesMax);
  });
});

describe('a line', () => {
  test('has four fields; blanks around them do not count, and the check letter may be small', () => {
    expect(readFileLine('7, 46010619900101001x ,"欧阳, 甲", 9000')).toEqual({
      lineNo: 7,
      idNumber: '46010619900101001X',
      name: '欧阳, 甲',
      amount: '9000',
    });
  });

  test.each([
    '',
    'x',
    '1,2,3',
    '1,2,3,4,5',
    '1,2,"3,4',
    '1,2,,4',
    '1,2,a\u0007b,4',
    `1,2,${'甲'.repeat(65)},4`,
  ])('%j is none', (line) => {
    expect(readFileLine(line)).toBeNull();
  });

  test.each(['0', '-1', '1.0', '', 'x', '1000000'])('a number like %j is no line number', (lineNo) => {
    expect(readFileLine(`${lineNo},2,3,4`)?.lineNo).toBeNull();
  });
});
