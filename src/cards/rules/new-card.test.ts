import { describe, expect, test } from 'vitest';
import { type CardWish, isName, refuseWish } from './new-card.ts';

const wish: CardWish = {
  cardNumber: '9460000000000017',
  idNumber: '46010519900307005X',
  name: '符某',
  product: 'standard',
  expiresOn: '2036-12-31',
};
const on = { today: '2026-11-25', products: new Set(['standard']) };

describe('a wish for a card', () => {
  test.each([
    [{}, null],
    [{ cardNumber: 'A12345678' }, null],
    [{ cardNumber: 'A1234567' }, 'card-number-wrong'],
    [{ cardNumber: '9'.repeat(20) }, 'card-number-wrong'],
    [{ cardNumber: '946000000000001a' }, 'card-number-wrong'],
    [{ idNumber: '460105199003070058' }, 'id-number-wrong'],
    [{ idNumber: '46010519900307005' }, 'id-number-wrong'],
    [{ product: 'none' }, 'product-unknown'],
    [{ expiresOn: '2026-11-25' }, null],
    [{ expiresOn: '2026-11-24' }, 'expiry-wrong'],
    [{ expiresOn: '2056-12-31' }, null],
    [{ expiresOn: '2057-01-01' }, 'expiry-wrong'],
    [{ expiresOn: '2036-02-30' }, 'expiry-wrong'],
    [{ expiresOn: '2036-12-31 ' }, 'expiry-wrong'],
    [{ expiresOn: '' }, 'expiry-wrong'],
    [{ name: '' }, 'line-malformed'],
  ] as const)('with %o is answered %s', (over, refusal) => {
    expect(refuseWish({ ...wish, ...over }, on)).toBe(refusal);
  });
});

describe('a name', () => {
  test.each(['符某', 'Aziz·Bek', 'Fu Mou', '𠀀某', "O'Mou", '某'.repeat(60)])('may be %s', (name) => {
    expect(isName(name)).toBe(true);
  });
  test.each(['', ' ', ' 符', '符 ', '符\n某', '符\u0000', '符\u200b某', '某'.repeat(61), '\u2028'])(
    'is not %j',
    (name) => {
      expect(isName(name)).toBe(false);
    },
  );
});
