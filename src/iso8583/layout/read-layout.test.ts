import { expect, test } from 'vitest';
import { dialects } from '#iso8583/dialects.ts';
import type { FieldLayout } from './layout.ts';
import { readLayout } from './read-layout.ts';

const field: FieldLayout = { type: 'n', len: 6, enc: 'bcd' };
const layout = { name: 'mine', mti: 'bcd', bitmap: 'binary', fields: { 3: field } };
const withField = (words: object, number = '3') => ({
  ...layout,
  fields: { [number]: { ...field, ...words } },
});
const pan = { var: 2, lenEnc: 'bcd' };

test('a layout that is right is what the file says', () => {
  expect(readLayout(layout)).toBe(layout);
  for (const dialect of Object.values(dialects)) {
    expect(readLayout(JSON.parse(JSON.stringify(dialect)))).toEqual(dialect);
  }
});

test.each<[unknown, string]>([
  [null, 'A layout is an object.'],
  [[], 'A layout is an object.'],
  ['cup-bcd', 'A layout is an object.'],
  [{ ...layout, name: undefined }, 'The layout: name is missing.'],
  [{ ...layout, name: 'two words' }, 'The layout: name is not a name of letters, digits and hyphens.'],
  [{ ...layout, mti: 'binary' }, 'The layout: mti is not one of ascii, bcd, ebcdic037, ebcdic1047.'],
  [{ ...layout, bitmap: 'hex' }, 'The layout: bitmap is not one of binary, hex-ascii, hex-ebcdic.'],
  [{ ...layout, version: '1' }, 'The layout: version is not one of 0, 1.'],
  [{ ...layout, note: 'x' }, 'The layout: "note" is no word of a layout.'],
  [{ ...layout, fields: [] }, 'The layout: fields is an object of fields by their numbers.'],
  [{ ...layout, fields: { 3: null } }, 'Field 3 is not an object.'],
  [
    JSON.parse(
      '{"name":"x","mti":"bcd","bitmap":"binary","fields":{"__proto__":{"type":"n","len":6,"enc":"bcd"}}}',
    ),
    'Field __proto__: a field is a number from 2 to 128.',
  ],
  [withField({}, '1'), 'Field 1: a field is a number from 2 to 128.'],
  [withField({}, '129'), 'Field 129: a field is a number from 2 to 128.'],
  [withField({}, '03'), 'Field 03: a field is a number from 2 to 128.'],
  [withField({ type: 'num' }), 'Field 3: type is not one of n, a, an, ans, z, b, xn.'],
  [withField({ len: '6' }), 'Field 3: len is not a whole number.'],
  [withField({ len: 0 }), 'Field 3: len 0 is not from 1 to 999.'],
  [withField({ len: 1000, ...pan, var: 3 }), 'Field 3: len 1000 is not from 1 to 999.'],
  [
    withField({ enc: 'ebcdic' }),
    'Field 3: enc is not one of ascii, bcd, binary, hex-ascii, ebcdic037, ebcdic1047, gbk, utf8, char-sign+bcd.',
  ],
  [withField({ enc: 'binary' }), 'Field 3: enc "binary" is not for type "n".'],
  [withField({ type: 'ans' }), 'Field 3: enc "bcd" is not for type "ans".'],
  [withField({ lenght: 6 }), 'Field 3: "lenght" is no word of a layout.'],
  [withField({ var: 4, lenEnc: 'bcd' }), 'Field 3: var is not one of 2, 3.'],
  [withField({ var: 2 }), 'Field 3: var is there without lenEnc.'],
  [withField({ lenEnc: 'bcd' }), 'Field 3: lenEnc is there without var.'],
  [withField({ var: 2, lenEnc: 'gbk' }), 'Field 3: lenEnc "gbk" is no way to write a length.'],
  [withField({ len: 100, ...pan }), 'Field 3: len 100 is more than var 2 can tell.'],
  [withField({ len: 256, ...pan, lenEnc: 'binary' }), 'Field 3: len 256 is more than var 2 can tell.'],
  [withField({ type: 'an', enc: 'ascii', pad: 'left' }), 'Field 3: pad and padNibble are of BCD only.'],
  [withField({ pad: 'centre' }), 'Field 3: pad is not one of left, right.'],
  [withField({ padNibble: 'A' }), 'Field 3: padNibble is not one of 0, F.'],
  [withField({ tlv: true }), 'Field 3: tlv is of type "b" only.'],
  [withField({ tlv: 'yes' }), 'Field 3: tlv is not true or false.'],
  [
    withField({ type: 'xn', enc: 'char-sign+bcd', ...pan }),
    'Field 3: a field with a sign has a fixed len of at least 2.',
  ],
  [withField({ parts: {} }), 'Field 3: parts is a list of at most 64.'],
  [withField({ parts: [] }), 'Field 3: its parts have 0 of at most 6.'],
  [withField({ parts: [7] }), 'Field 3, part 1 is not an object.'],
  [withField({ parts: [{ name: 'a', type: 'n' }] }), 'Field 3, part 1: len is missing.'],
  [withField({ parts: [{ name: 'a', type: 'n', len: 3 }] }), 'Field 3: its parts have 3 of 6.'],
  [withField({ parts: [{ name: 'a', type: 'n', len: 7 }] }), 'Field 3: its parts have 7 of at most 6.'],
  [withField({ parts: [{ name: 'a', type: 'n', len: 0 }] }), 'Field 3: len 0 of part 1 is no length.'],
  [withField({ parts: [{ name: 'a', type: 'an', len: 6 }] }), 'Field 3: part 1 is of type "an", within "n".'],
  [
    withField({
      parts: [
        { name: 'a', type: 'n', len: 3 },
        { name: 'a', type: 'n', len: 3 },
      ],
    }),
    'Field 3: two parts have the same name.',
  ],
  [
    withField({ type: 'b', enc: 'binary', tlv: true, parts: [{ name: 'a', type: 'b', len: 6 }] }),
    'Field 3: it has parts or is tlv, not both.',
  ],
])('a mistake in a layout is told in one sentence: %j', (json, fault) => {
  expect(readLayout(json)).toEqual({ fault });
});
