import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTlvFault, readTlv, writeTlv } from './tlv.ts';

test('data objects are read in their order, and tags nobody knows are kept', () => {
  expect(readTlv('9F2608A1B2C3D4E5F607189F270180DF811901AA9500')).toEqual([
    { tag: '9F26', value: 'A1B2C3D4E5F60718' },
    { tag: '9F27', value: '80' },
    { tag: 'DF8119', value: 'AA' },
    { tag: '95', value: '' },
  ]);
  expect(readTlv('')).toEqual([]);
});

test('what a constructed object holds is read from its value', () => {
  const outer = readTlv('70059F36020001');
  expect(outer).toEqual([{ tag: '70', value: '9F36020001' }]);
  expect(readTlv('9F36020001')).toEqual([{ tag: '9F36', value: '0001' }]);
});

test.each([
  ['small letters', '9f2601aa', { fault: 'wrong-content', tag: null, offset: 0 }],
  ['half a byte', '950', { fault: 'wrong-content', tag: null, offset: 0 }],
  ['a filling zero', '00950100', { fault: 'wrong-content', tag: null, offset: 0 }],
  ['a tag that begins again with nothing', '9F8001AA', { fault: 'wrong-content', tag: null, offset: 0 }],
  ['a tag of five bytes', '9F8181810101AA', { fault: 'wrong-content', tag: null, offset: 0 }],
  ['a tag that is cut', '95010A9F', { fault: 'too-short', tag: null, offset: 3 }],
  ['a length that is missing', '95', { fault: 'too-short', tag: '95', offset: 1 }],
  ['a length that is cut', '9582', { fault: 'too-short', tag: '95', offset: 1 }],
  ['a length without an end', '958000', { fault: 'wrong-length', tag: '95', offset: 1 }],
  ['a length of three bytes', '9583000001AA', { fault: 'wrong-length', tag: '95', offset: 1 }],
  ['a length in one byte too many', '95817F', { fault: 'wrong-length', tag: '95', offset: 1 }],
  ['a length in two bytes too many', '958200FF', { fault: 'wrong-length', tag: '95', offset: 1 }],
  ['a value that is cut', '95010A9F2602AA', { fault: 'too-short', tag: '9F26', offset: 5 }],
])('%s is a fault', (_, hex, fault) => {
  const read = readTlv(hex);
  expect(read).toEqual(fault);
  expect(isTlvFault(read)).toBe(true);
});

const tags = fc.constantFrom('95', '9F26', 'DF8119', 'FF818105', '4F');
const values = fc
  .uint8Array({ maxLength: 400, size: 'max' })
  .map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase());

test('what is written is read as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ tag: tags, value: values })), (items) => {
      expect(readTlv(writeTlv(items))).toEqual(items);
    }),
  );
});

test('what is read is written as it was, and nothing else is thrown', () => {
  const bytes = fc.array(
    fc.oneof(fc.constantFrom(0x95, 0x9f, 0x26, 0x81, 0x82, 0, 1, 2), fc.nat({ max: 255 })),
  );
  fc.assert(
    fc.property(bytes, (all) => {
      const hex = Buffer.from(all).toString('hex').toUpperCase();
      const read = readTlv(hex);
      if (!isTlvFault(read)) expect(writeTlv(read)).toBe(hex);
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ['no tag', { tag: '', value: '' }],
  ['half a tag', { tag: '9F', value: '' }],
  ['more than a tag', { tag: '9526', value: '' }],
  ['half a byte', { tag: '95', value: 'A' }],
])('%s is no data object to be written', (_, item) => {
  expect(() => writeTlv([item])).toThrow();
});
