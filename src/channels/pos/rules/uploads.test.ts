import { expect, test } from 'vitest';
import { readUploads } from './uploads.ts';

const card = '06217001234567890123';

test('an upload holds records of trace, card and amount, and of the card only its end is kept', () => {
  const first = `00${'000123'}${card}${'000000012345'}`;
  const second = `00${'000124'}${card}${'000000000001'}`;
  expect(readUploads(`02${first}${second}`)).toEqual([
    { traceNumber: 123, side: null, amountFen: 12_345n, cardTail: '0123' },
    { traceNumber: 124, side: null, amountFen: 1n, cardTail: '0123' },
  ]);
  expect(readUploads('00')).toEqual([]);
});

test.each([undefined, '', '1', '01', `02${'0'.repeat(40)}`, `01${'x'.repeat(40)}`, `01${'0'.repeat(41)}`])(
  '%s is no upload',
  (field48) => {
    expect(readUploads(field48)).toBeNull();
  },
);
