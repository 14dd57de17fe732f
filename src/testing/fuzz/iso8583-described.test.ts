import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describe } from '#iso8583/describe.ts';
import { dialects } from '#iso8583/dialects.ts';
import { maskText } from '#platform/rules/mask.ts';
import { messagesOf } from '#testing/iso8583/arbitrary-messages.ts';

const cup = dialects['cup-bcd'];

test('a message that is described survives the mask of the log', () => {
  const fields = {
    2: '6217001234567890123',
    3: '000000',
    4: '000009999999',
    7: '1122060530',
    11: '000123',
    12: '140530',
    13: '1122',
    15: '1122',
    22: '051',
    37: '000000004K7Q',
    38: '004K7Q',
    39: '00',
    41: '00000042',
    42: '000000000000107',
    49: '156',
    60: '22000001000500',
    61: '0000010001231122',
    90: '020000012311221405300000460100000000000000',
  };
  const text = describe(cup, { mti: '0210', fields });
  expect(text).toContain('99999.99');
  expect(maskText(text)).toBe(text);
});

test('whatever is described, the mask of the log takes nothing out of it but large amounts and counts', () => {
  fc.assert(
    fc.property(messagesOf(cup), ({ mti, fields }) => {
      const amounts = [4, 5, 6, 48, 74, 75, 76, 77, 86, 87, 88, 89];
      const rest = Object.fromEntries(
        Object.entries(fields).filter(([field]) => !amounts.includes(Number(field))),
      );
      const text = describe(cup, { mti, fields: rest });
      expect(maskText(text)).toBe(text);
    }),
    { numRuns: 500 },
  );
});
