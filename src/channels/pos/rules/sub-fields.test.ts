import { expect, test } from 'vitest';
import { readDetail, readTerminalData, withBatchNumber } from './sub-fields.ts';

test('field 60 says form, batch, network and whether a part is meant', () => {
  expect(readTerminalData('22000017000500')).toEqual({
    form: '22',
    batchNumber: 17,
    network: '000',
    isPartial: false,
  });
  expect(readTerminalData('20000017000501')).toMatchObject({ form: '20', isPartial: true });
  expect(readTerminalData('00000001001')).toMatchObject({ form: '00', batchNumber: 1, network: '001' });
});

test('a batch of zero is none, and no field 60 says nothing', () => {
  expect(readTerminalData('22000000000')).toMatchObject({ batchNumber: null });
  expect(readTerminalData(undefined)).toEqual({
    form: '',
    batchNumber: null,
    network: '',
    isPartial: false,
  });
});

test.each(['22', '22000001', 'AB000001000', '220000010005000000'])('%s is no field 60', (value) => {
  expect(readTerminalData(value)).toBeNull();
  expect(readTerminalData(value, true)).toEqual(readTerminalData(undefined));
});

test('the batch number of field 60 is changed in its place', () => {
  expect(withBatchNumber('00000001001', 2)).toBe('00000002001');
  expect(withBatchNumber('00000001001', 123_456)).toBe('00123456001');
});

test('field 57 holds fields of the sector by name', () => {
  expect(readDetail('line=28')).toEqual({ line: '28' });
  expect(readDetail('line=L1;from=A1;to=A9 ')).toEqual({ line: 'L1', from: 'A1', to: 'A9' });
  expect(readDetail(undefined)).toEqual({});
  expect(readDetail('   ')).toEqual({});
});

test.each([
  'line',
  'line=',
  '=28',
  'line=1;line=2',
  'Line=1',
  'line=a=b',
  'line=1;;to=2',
  `line=${'1'.repeat(65)}`,
])('%s is no field 57', (value) => {
  expect(readDetail(value)).toBeNull();
});

test('more fields than a sector can have are not read', () => {
  const many = Array.from({ length: 9 }, (_, i) => `f${'abcdefghi'[i]}=1`).join(';');
  expect(readDetail(many)).toBeNull();
});
