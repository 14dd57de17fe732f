import { describe, expect, test } from 'vitest';
import { fileHeader, isHeader, lineErrorTexts, readFileLine } from './file-line.ts';

const on = { today: '2026-11-25', products: new Set(['standard']) };
const good = '9460000000000017,46010519900307005X,"符某",standard,2036-12-31';

describe('a file of cards', () => {
  test('begins with its header, with or without a byte order mark', () => {
    expect(isHeader(fileHeader)).toBe(true);
    expect(isHeader(`\uFEFF${fileHeader}`)).toBe(true);
    expect(isHeader(`${fileHeader},photo`)).toBe(false);
    expect(isHeader(null)).toBe(false);
  });

  test('has lines that ask for a card', () => {
    expect(readFileLine(good, on)).toEqual({
      cardNumber: '9460000000000017',
      idNumber: '46010519900307005X',
      name: '符某',
      product: 'standard',
      expiresOn: '2036-12-31',
    });
  });

  test.each([
    [null, 'line-malformed'],
    ['', 'line-malformed'],
    [`${good},`, 'line-malformed'],
    [good.replace('"符某"', '符"某'), 'line-malformed'],
    [good.replace('"符某"', ''), 'line-malformed'],
    [good.replace('standard', 'gold'), 'product-unknown'],
    [good.replace('9460000000000017', '9460'), 'card-number-wrong'],
    [good.replace('005X', '0050'), 'id-number-wrong'],
    [good.replace('2036', '2016'), 'expiry-wrong'],
  ])('line %j is %s', (line, code) => {
    expect(readFileLine(line, on)).toBe(code);
  });

  test.each(Object.entries(lineErrorTexts))(
    'says what to do about %s in both languages',
    (code, { zh, en }) => {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)+$/);
      expect(zh).toMatch(/\p{Script=Han}{4,}/u);
      expect(en).toMatch(/^[A-Z][\x20-\x7e]+$/);
    },
  );
});
