import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockBytesOf, blockChainer, blockEncipherer, decipher, encipher } from './block-cipher.ts';

const algorithms = ['3des', 'sm4', 'aes'] as const;
const cbcNames = { '3des': 'des-ede-cbc', sm4: 'sm4-cbc', aes: 'aes-128-cbc' };
const keys = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('a block cipher', () => {
  test('of SM4 gives the example of its standard (GB/T 32907)', () => {
    const key = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
    expect(encipher('sm4', key, key).toString('hex')).toBe('681edf34d206965e86b3e94f536e4246');
  });

  test('of single-length DES gives the example of the textbooks', () => {
    const key = Buffer.from('133457799bbcdff1', 'hex');
    const clear = Buffer.from('0123456789abcdef', 'hex');
    expect(encipher('3des', key, clear).toString('hex')).toBe('85e813540f0ab405');
  });

  test.each(algorithms)('of %s deciphers what it enciphered', (algorithm) => {
    fc.assert(
      fc.property(keys, fc.uint8Array({ minLength: 32, maxLength: 32 }), (key, bytes) => {
        const clear = decipher(algorithm, key, encipher(algorithm, key, bytes));
        expect(clear.equals(bytes)).toBe(true);
      }),
    );
  });

  test.each([
    ['3des', 15],
    ['3des', 24],
    ['sm4', 8],
  ] as const)('of %s takes no key of %i bytes', (algorithm, length) => {
    expect(() => encipher(algorithm, Buffer.alloc(length), Buffer.alloc(16))).toThrow(RangeError);
  });

  test('takes whole blocks only', () => {
    expect(() => encipher('3des', Buffer.alloc(16), Buffer.alloc(12))).toThrow();
  });
});

describe('a cipher that is kept', () => {
  test.each(algorithms)('of %s enciphers each block as a new one would', (algorithm) => {
    const blockBytes = blockBytesOf(algorithm);
    const blocks = fc.uint8Array({ minLength: blockBytes, maxLength: blockBytes });
    fc.assert(
      fc.property(keys, fc.array(blocks, { maxLength: 5 }), (key, each) => {
        const kept = blockEncipherer(algorithm, key);
        for (const block of each) expect(kept(Buffer.from(block))).toEqual(encipher(algorithm, key, block));
      }),
    );
  });

  test.each(algorithms)('of %s chains each message as if it were its first', (algorithm) => {
    const blockBytes = blockBytesOf(algorithm);
    const messages = fc
      .integer({ min: 1, max: 4 })
      .chain((n) => fc.uint8Array({ minLength: n * blockBytes, maxLength: n * blockBytes }));
    fc.assert(
      fc.property(keys, fc.array(messages, { maxLength: 5 }), (key, each) => {
        const kept = blockChainer(algorithm, key);
        for (const message of each) {
          const fresh = createCipheriv(cbcNames[algorithm], key, Buffer.alloc(blockBytes));
          expect(kept(Buffer.from(message))).toEqual(fresh.setAutoPadding(false).update(message));
        }
      }),
    );
  });
});
