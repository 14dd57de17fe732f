import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCsvLine } from './read-csv.ts';

describe('a line of CSV', () => {
  test.each([
    ['a,b,c', ['a', 'b', 'c']],
    ['', ['']],
    [',', ['', '']],
    ['a,', ['a', '']],
    ['"a","b"', ['a', 'b']],
    ['"a,b",c', ['a,b', 'c']],
    ['"say ""hi""",c', ['say "hi"', 'c']],
    ['""', ['']],
    ['"",""', ['', '']],
    ['""""', ['"']],
    ['a b, c ', ['a b', ' c ']],
  ])('%j has the fields %j', (line, fields) => {
    expect(parseCsvLine(line)).toEqual(fields);
  });

  test.each(['"', '"a', '"a""', 'a"b', 'a"', '"a"b', '"a" ,b', ' "a"', '"a""b'])('%j is none', (line) => {
    expect(parseCsvLine(line)).toBeNull();
  });

  test('is read as it was written, whatever stands in its fields', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', ' ', '符', "'") });
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), fc.boolean(), (fields, always) => {
        const quoted = (text: string) =>
          always || /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        expect(parseCsvLine(fields.map(quoted).join(','))).toEqual(fields);
      }),
    );
  });
});
