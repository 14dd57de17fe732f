import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decipher, encipher } from './block-cipher.ts';
import { decodePinBlock, encodePinBlock } from './pin-block.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const key = hex('0123456789abcdeffedcba9876543210');
const cardNumber = '6217001234567890123';
const fill = hex('2f69adde2e9e7ace');
const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`));
const cases = [
  ['0', '3des'],
  ['4', 'sm4'],
  ['4', 'aes'],
] as const;

describe('a PIN block', () => {
  test('of format 0 is the PIN and the twelve digits before the check digit', () => {
    const block = encodePinBlock({ algorithm: '3des', key }, { pin: '123456', cardNumber, fill });
    // 06123456FFFFFFFF XOR 0000123456789012
    expect(decipher('3des', key, block).toString('hex')).toBe('06122662a9876fed');
  });

  test.each([
    ['af8cb133a78f8dc2d1359f18527593fb', 'a912150391ab65a67e52883d81ce2d15'],
    ['d30bdc73ec9714b000bec66bdb7b6d09', '52a00503bd34ba1383f6a7ee9fe2547f'],
  ])('of format 4 is the published one of ASC X9.24-3 (key %s)', (aesKey, wanted) => {
    const typed = { pin: '1234', cardNumber: '4111111111111111', fill };
    expect(encodePinBlock({ algorithm: 'aes', key: hex(aesKey) }, typed).toString('hex')).toBe(wanted);
  });

  test.each(cases)('of format %s opens to the six digits that were typed (%s)', (_, algorithm) => {
    fc.assert(
      fc.property(
        digits(6, 6),
        digits(12, 19),
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        (pin, card, random) => {
          const pinKey = { algorithm, key };
          const block = encodePinBlock(pinKey, { pin, cardNumber: card, fill: random });
          expect(decodePinBlock(pinKey, { block, cardNumber: card })).toBe(pin);
        },
      ),
    );
  });

  test.each(cases)('of format %s with another number of digits than six is none (%s)', (_, algorithm) => {
    for (const pin of ['1234', '12345', '1234567', '123456789012']) {
      const block = encodePinBlock({ algorithm, key }, { pin, cardNumber, fill });
      expect(decodePinBlock({ algorithm, key }, { block, cardNumber })).toBeNull();
    }
  });

  test.each(cases)('of format %s under another key is none (%s)', (_, algorithm) => {
    const block = encodePinBlock({ algorithm, key }, { pin: '135790', cardNumber, fill });
    const other = { algorithm, key: key.toReversed() };
    expect(decodePinBlock(other, { block, cardNumber })).toBeNull();
  });

  test.each(cases)('of format %s never gives its PIN with another card (%s)', (_, algorithm) => {
    const pin = '135790';
    const block = encodePinBlock({ algorithm, key }, { pin, cardNumber, fill });
    for (const other of ['6217001234567890133', '6228480402564890', '9460000000000000']) {
      expect(decodePinBlock({ algorithm, key }, { block, cardNumber: other })).not.toBe(pin);
    }
  });

  test.each([
    ['06123456fffffffe', 'a wrong fill'],
    ['061234afffffffff', 'what is no digit'],
    ['16123456ffffffff', 'another format'],
    ['05123456ffffffff', 'another length'],
  ])('of format 0 that holds %s is none: %s', (clear) => {
    const account = hex('0000123456789012');
    const field = Buffer.from(hex(clear).map((byte, at) => byte ^ (account[at] ?? 0)));
    const block = encipher('3des', key, field);
    expect(decodePinBlock({ algorithm: '3des', key }, { block, cardNumber })).toBeNull();
  });

  test.each([
    ['46123456aaaaaaab', 'a wrong fill'],
    ['461234afaaaaaaaa', 'what is no digit'],
    ['06123456aaaaaaaa', 'another format'],
  ])('of format 4 that holds %s is none: %s', (clear) => {
    const card = hex('76217001234567890123000000000000');
    const half = encipher('sm4', key, Buffer.concat([hex(clear), fill]));
    const block = encipher('sm4', key, Buffer.from(half.map((byte, at) => byte ^ (card[at] ?? 0))));
    expect(decodePinBlock({ algorithm: 'sm4', key }, { block, cardNumber })).toBeNull();
  });

  test('of another size, or for what is no card number, is none', () => {
    const block = encodePinBlock({ algorithm: '3des', key }, { pin: '135790', cardNumber, fill });
    const pinKey = { algorithm: '3des', key } as const;
    expect(decodePinBlock({ algorithm: 'sm4', key }, { block, cardNumber })).toBeNull();
    expect(decodePinBlock(pinKey, { block: block.subarray(1), cardNumber })).toBeNull();
    expect(decodePinBlock(pinKey, { block, cardNumber: `${cardNumber}0` })).toBeNull();
    expect(decodePinBlock(pinKey, { block, cardNumber: '62170012345x' })).toBeNull();
  });

  test('is not made of what is no PIN', () => {
    const pinKey = { algorithm: '3des', key } as const;
    expect(() => encodePinBlock(pinKey, { pin: '12a456', cardNumber, fill })).toThrow(RangeError);
    expect(() => encodePinBlock(pinKey, { pin: '123', cardNumber, fill })).toThrow(RangeError);
  });
});
