import { expect, test } from 'vitest';
import { needsMac, readMessageType } from './message-type.ts';

test.each([
  ['0100', '0110', 'authorisation'],
  ['0200', '0210', 'financial'],
  ['0220', '0230', 'financial'],
  ['0320', '0330', 'upload'],
  ['0400', '0410', 'reversal'],
  ['0420', '0430', 'reversal'],
  ['0500', '0510', 'reconciliation'],
  ['0800', '0810', 'network'],
  ['0820', '0830', 'network'],
  ['1200', '1210', 'financial'],
  ['1420', '1430', 'reversal'],
  ['1520', '1530', 'reconciliation'],
  ['1804', '1814', 'network'],
])('%s is answered with %s', (mti, answerMti, messageClass) => {
  expect(readMessageType(mti)).toMatchObject({ answerMti, messageClass, isRepeat: false });
});

test.each([
  ['0201', '0210'],
  ['0221', '0230'],
  ['0401', '0410'],
  ['1421', '1430'],
])('%s is a repeat, and is answered as what it repeats: with %s', (mti, answerMti) => {
  expect(readMessageType(mti)).toMatchObject({ answerMti, isRepeat: true });
});

test('a type of 1993 says so', () => {
  expect(readMessageType('1200')?.version).toBe(1993);
  expect(readMessageType('0200')?.version).toBe(1987);
});

test.each(['0210', '0230', '0810', '0600', '0700', '2200', '0206', '200', '', '02000'])(
  '%s asks nothing of us',
  (mti) => {
    expect(readMessageType(mti)).toBeNull();
  },
);

test('what moves or holds money needs a MAC, the rest does not', () => {
  const needing = ['0100', '0200', '0220', '0400', '0420', '0500', '0320', '0800'].filter((mti) => {
    const type = readMessageType(mti);
    return type !== null && needsMac(type);
  });
  expect(needing).toEqual(['0100', '0200', '0220', '0400', '0420']);
});
