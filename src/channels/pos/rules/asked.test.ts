import { expect, test } from 'vitest';
import { readAsked } from './asked.ts';
import { readMessageType } from './message-type.ts';
import { readTerminalData } from './sub-fields.ts';

function asked(mti: string, fields: Record<number, string>) {
  const type = readMessageType(mti);
  const terminalData = readTerminalData(fields[60]);
  if (type === null || terminalData === null) throw new Error('the test itself is wrong');
  return readAsked({ type, fields, terminalData });
}

test.each([
  ['0200', '000000', '22000001000', 'purchase'],
  ['0200', '000000', undefined, 'purchase'],
  ['0220', '000000', '30000001000', 'purchase'],
  ['0220', '000000', '32000001000', 'adjustment'],
  ['0220', '000000', '34000001000', 'adjustment'],
  ['0200', '600000', '46000001000', 'load'],
  ['0200', '630000', '46000001000', 'load'],
  ['0100', '030000', '10000001000', 'pre-authorisation'],
  ['0100', '200000', '11000001000', 'void'],
  ['0200', '000000', '20000001000500', 'completion'],
  ['0220', '000000', '24000001000500', 'completion'],
  ['0200', '000000', '20000001000501', 'part-completion'],
  ['0200', '200000', '21000001000', 'completion-void'],
  ['0200', '200000', '23000001000', 'void'],
  ['0220', '200000', '25000001000', 'refund'],
  ['1220', '200000', undefined, 'refund'],
  ['1200', '200000', undefined, 'void'],
] as const)('%s with %s and %s is a %s', (...[mti, code, data, transaction]) => {
  const fields = { 3: code, ...(data === undefined ? {} : { 60: data }) };
  expect(asked(mti, fields)).toEqual({ act: 'transaction', transaction });
  const reversal = mti.startsWith('1') ? '1420' : '0400';
  if (!mti.endsWith('20') && !mti.startsWith('1') && !mti.startsWith('01'))
    expect(asked(reversal, fields)).toEqual({ act: 'reversal', transaction });
});

test('a terminal of 1993 says by its function code that it takes an authorisation', () => {
  expect(asked('1220', { 3: '000000', 24: '201' })).toMatchObject({ transaction: 'completion' });
  expect(asked('1220', { 3: '000000', 24: '202' })).toMatchObject({ transaction: 'part-completion' });
  expect(asked('1200', { 3: '000000', 24: '200' })).toMatchObject({ transaction: 'purchase' });
});

test('a balance is asked for, never told', () => {
  expect(asked('0200', { 3: '310000', 60: '01000001000' })).toEqual({ act: 'inquiry' });
  expect(asked('0220', { 3: '310000', 60: '01000001000' })).toBeNull();
});

test.each(['001', '003', '004'])('a sign-on with %s', (network) => {
  expect(asked('0800', { 60: `00000001${network}` })).toEqual({ act: 'sign-on' });
});

test('network messages ask by 60.3, by field 70, or by the function code', () => {
  expect(asked('0820', { 60: '00000001002' })).toEqual({ act: 'sign-off' });
  expect(asked('0820', { 60: '00000001301' })).toEqual({ act: 'echo' });
  expect(asked('0800', { 70: '301' })).toEqual({ act: 'echo' });
  expect(asked('1804', { 24: '831' })).toEqual({ act: 'echo' });
  expect(asked('1804', { 24: '801' })).toEqual({ act: 'sign-on' });
  expect(asked('0820', { 60: '00000001372' })).toEqual({ act: 'parameters', network: '372' });
});

test('settlement and upload are classes of their own', () => {
  expect(asked('0500', { 60: '00000001201' })).toEqual({ act: 'settlement' });
  expect(asked('0320', { 60: '00000001201' })).toEqual({ act: 'upload' });
});

test.each([
  ['0200', { 3: '010000' }],
  ['0200', {}],
  ['0100', { 3: '000000' }],
  ['0800', { 60: '00000001999' }],
  ['0800', {}],
])('%s with %o is not supported', (mti, fields) => {
  expect(asked(mti, fields)).toBeNull();
});
