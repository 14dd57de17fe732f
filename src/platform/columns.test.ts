import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeColumn, numberColumn, textColumn } from './columns.ts';

const same = <Value>(value: Value) => value;

/** Reads a one-dimensional array literal as PostgreSQL documents it (8.15.6), one character after the other. */
function readArray(literal: string): (string | null)[] {
  if (literal === '{}') return [];
  const items: (string | null)[] = [];
  let at = 1;
  while (at < literal.length) {
    let text = '';
    const quoted = literal[at] === '"';
    if (quoted) at += 1;
    while (quoted ? literal[at] !== '"' : literal[at] !== ',' && literal[at] !== '}') {
      if (literal[at] === '\\') at += 1;
      text += literal[at++];
    }
    items.push(!quoted && text === 'NULL' ? null : text);
    at += quoted ? 2 : 1;
  }
  return items;
}

describe('columns of a group', () => {
  test.for([
    [[], '{}'],
    [[1n], '{1}'],
    [[-1n, null, 9_223_372_036_854_775_807n], '{-1,NULL,9223372036854775807}'],
    [[null], '{NULL}'],
  ] as const)('numbers %o stand as %s', ([rows, literal]) => {
    expect(numberColumn(rows, same<bigint | null>)).toBe(literal);
  });

  test('codes stand without quotes, and what is missing as NULL', () => {
    expect(codeColumn(['card-lost', null, '2026-11-22'], same<string | null>)).toBe(
      '{card-lost,NULL,2026-11-22}',
    );
    expect(codeColumn([], same<string>)).toBe('{}');
  });

  test.for([
    ['', '{""}'],
    ['NULL', '{"NULL"}'],
    ['a,b', '{"a,b"}'],
    ['say "hi"', '{"say \\"hi\\""}'],
    ['back\\slash', '{"back\\\\slash"}'],
    ['{}', '{"{}"}'],
    ['椰岛一卡通', '{"椰岛一卡通"}'],
  ] as const)(
    'text %j stands as %s: it is always quoted, so that it is never taken for anything else',
    ([text, literal]) => {
      expect(textColumn([text], same<string>)).toBe(literal);
    },
  );

  test('every text and every gap is read back as it was written', () => {
    const item = fc.option(
      fc.string({ unit: fc.constantFrom('"', '\\', ',', '{', '}', 'N', ' ', '椰', '\n') }),
    );
    fc.assert(
      fc.property(fc.array(item), (rows) => {
        expect(readArray(textColumn(rows, same<string | null>))).toEqual(rows);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.option(fc.bigInt())), (rows) => {
        const read = readArray(numberColumn(rows, same<bigint | null>));
        expect(read.map((text) => (text === null ? null : BigInt(text)))).toEqual(rows);
      }),
    );
  });
});
