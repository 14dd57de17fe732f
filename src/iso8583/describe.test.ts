import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describe as described } from './describe.ts';
import { type DialectName, dialects } from './dialects.ts';

const card = '6217001234567890123';
const cup = dialects['cup-bcd'];

test('a message is its type and a line a field, with names in Chinese and English and the amount in yuan', () => {
  const fields = {
    2: card,
    3: '000000',
    4: '000000012345',
    7: '1122060530',
    11: '000123',
    12: '140530',
    13: '1122',
    41: '00000042',
    42: '000000000000107',
    49: '156',
    60: '22000001000500',
    61: '0000010001231122',
  };
  expect(described(cup, { mti: '0201', fields })).toMatchInlineSnapshot(`
    "0201 金融 financial 请求 request 重发 repeat
    F2 卡号 card 621700******0123
    F3 处理码 processing code 000000
    F4 金额 amount 123.45
    F7 传输时间 transmitted 11-22T06:05:30
    F11 流水号 trace 000123
    F12 时间 time 14:05:30
    F13 日期 date 11-22
    F41 终端号 terminal 42
    F42 商户号 merchant 107
    F49 币种 currency 156
    F60 自定义 private type 22 batch 000001 network 000
    F61 原始信息 original batch 000001 trace 000123"
  `);
});

test('tracks, PINs, keys, chip data, free text and what is unknown are hidden whole', () => {
  const secrets = {
    14: '3012',
    35: `${card}=30122061234567890`,
    36: `99${card}=156`,
    43: 'A SHOP',
    45: 'B6217',
    48: 'NAME OF A HOLDER',
    52: '0412AC89ABCDEF67',
    53: '2600000000000000',
    54: '1002156C00000009876',
    55: '5A0A6217001234567890123F',
    57: 'patient=28',
    62: '0123456789ABCDEF',
    63: 'SOME TEXT',
    64: 'A1B2C3D4E5F60718',
    102: card,
    120: 'WHAT NOBODY KNOWS',
  };
  const lines = described(cup, { mti: '0200', fields: secrets }).split('\n').slice(1);
  expect(lines).toHaveLength(Object.keys(secrets).length);
  for (const line of lines) expect(line).toMatch(/^F\d+ \D*\*\*\*\*$/);
});

test('a number of ours or an amount is shown although a card has its digits and the zeros before them', () => {
  const fields = {
    2: '9460000000000001',
    4: '000000000100',
    41: '00000001',
    42: '000000000000001',
  };
  const text = described(cup, { mti: '0210', fields });
  for (const line of ['F4 金额 amount 1.00', 'F41 终端号 terminal 1', 'F42 商户号 merchant 1'])
    expect(text.split('\n')).toContain(line);
});

test("a holder's balance is hidden: whoever looks at one is in the audit trail, and a reader of logs is not", () => {
  const message = { mti: '0210', fields: { 2: card, 54: '1002156C000000098765' } };
  expect(described(cup, message).split('\n').at(-1)).toBe('F54 余额 balances ****');
});

test.each([
  ['digits of the card in the terminal', 41, '62170012'],
  ['digits of the card in the merchant', 42, '000000062170012'],
  ['the middle of the card in the merchant', 42, '001234567890123'],
])('%s are hidden', (_, field, value) => {
  expect(described(cup, { mti: '0200', fields: { 2: card, [field]: value } })).toMatch(/ \*\*\*\*$/);
});

test.each([
  ['a card of one digit', 2, '1'],
  ['a card with a letter', 2, '621700123456789012X'],
  ['an amount with a sign', 4, '-00000012345'],
  ['a trace number of seven digits', 11, '0001234'],
  ['a time that is a card', 12, card],
  ['totals that are too short', 48, '0'.repeat(61)],
  ['a batch that could be a card', 60, '6228480402564890'],
  ['an original that could be a card', 61, '6228480402564890'],
])('%s is not in the form that it is known by, so it is hidden', (_, field, value) => {
  expect(described(cup, { mti: '0200', fields: { [field]: value } })).toMatch(/\n\S+ \D*\*\*\*\*$/);
});

test('a message type that is none is hidden', () => {
  expect(described(cup, { mti: card, fields: {} })).toBe('****');
});

test('the totals of a batch are shown as yuan', () => {
  const half = '000000123456012000000000200003' + '1';
  expect(described(cup, { mti: '0510', fields: { 48: half + half } })).toContain(
    'debit 1234.56 in 012 credit 2.00 in 003 result 1',
  );
});

test('field 12 of 1993 is a date and a time, and its field 39 has three digits', () => {
  const text = described(dialects.iso93, { mti: '1210', fields: { 12: '261122140530', 39: '116' } });
  expect(text).toContain('26-11-22T14:05:30');
  expect(text).toContain('action code 116');
});

test('what cannot be read is told by its error and its place', () => {
  const error = { error: 'wrong-length', field: 60, subField: '60.2', offset: 57 } as const;
  expect(described(cup, error)).toBe('格式错误 cannot be read: wrong-length in field 60 (60.2), byte 57');
  expect(described(cup, { error: 'trailing-bytes', field: null, subField: null, offset: 9 })).toBe(
    '格式错误 cannot be read: trailing-bytes, byte 9',
  );
});

const digitsOf = (length: number) => fc.stringMatching(new RegExp(`^[1-9]\\d{${length - 1}}$`));
const cards = fc.oneof(digitsOf(16), digitsOf(19));
/** What stands around a card's number where it was put by mistake. */
const around = fc.stringMatching(/^[0-9A-Z =D]{0,6}$/);

test('no description holds more of a card than its first six and last four digits, wherever it was put', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(dialects) as DialectName[])),
      cards,
      fc.dictionary(fc.nat({ max: 129 }).map(String), fc.tuple(around, around, fc.nat({ max: 19 })), {
        minKeys: 1,
      }),
      (name, number, places) => {
        const fields = Object.fromEntries(
          Object.entries(places).map(([field, [before, after, from]]) => [
            field,
            before + number.slice(from > 9 ? 0 : from) + after,
          ]),
        );
        const text = described(dialects[name], { mti: '0200', fields: { ...fields, 2: number } });
        for (const line of text.split('\n')) {
          const digits = line.replace(/^F\d+/, '').replace(/\D/g, '');
          for (let at = 0; at + 11 <= number.length; at++)
            expect(digits).not.toContain(number.slice(at, at + 11));
        }
      },
    ),
    { numRuns: 2000 },
  );
});
