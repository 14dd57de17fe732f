import { createCipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decipher, encipher } from './block-cipher.ts';
import { foldBlocks, macKey } from './mac.ts';

const fixture = join(import.meta.dirname, '../../../../fixtures/iso8583/mac-unionpay-ecb.json');
const [published] = JSON.parse(readFileSync(fixture, 'utf8')).vectors;
const hex = (text: string) => Buffer.from(text, 'hex');
const key16 = hex(published.key);
const anyBytes = fc.uint8Array({ maxLength: 300 });
const modes = ['cup-ecb', 'x9.19', 'sm4'] as const;

const xored = (a: Buffer, b: Buffer) => Buffer.from(a.map((byte, at) => byte ^ (b[at] ?? 0)));
const upperHex = (bytes: Buffer) => Buffer.from(bytes.toString('hex').toUpperCase(), 'latin1');

/** UnionPay's MAC step by step, as its description says it. */
function stepByStep(algorithm: '3des' | 'sm4', key: Buffer, bytes: Uint8Array) {
  const blockBytes = algorithm === 'sm4' ? 16 : 8;
  let xor: Buffer = Buffer.alloc(blockBytes);
  for (let at = 0; at < bytes.length; at += blockBytes)
    xor = xored(xor, Buffer.from(bytes.subarray(at, at + blockBytes)));
  const written = upperHex(xor);
  const e1 = encipher(algorithm, key, written.subarray(0, blockBytes));
  const x2 = xored(written.subarray(blockBytes), e1);
  const e2 = encipher(algorithm, key, x2);
  return { xor, e1, x2, e2, mac: upperHex(e2).subarray(0, 8) };
}

describe('the MAC of UnionPay', () => {
  test('is the published one, and so is every value on the way to it', () => {
    const mab = hex(published.mab);
    const steps = stepByStep('3des', key16, mab);
    const found = Object.fromEntries(
      Object.entries(steps).map(([name, bytes]) => [name, bytes.toString('hex').toUpperCase()]),
    );
    const { xor, e1, x2, e2, f64: mac } = published;
    expect(found).toEqual({ xor, e1, x2, e2, mac });
    expect(foldBlocks(mab, 8)).toEqual(hex(xor));
    expect(macKey('cup-ecb', key16).mac(mab)).toEqual(hex(mac));
  });

  test.each([
    ['cup-ecb', '3des', 16],
    ['cup-ecb', '3des', 8],
    ['sm4', 'sm4', 16],
  ] as const)(
    'in mode %s is what its steps give, with %s and a key of %i bytes',
    (mode, algorithm, length) => {
      const keys = fc.uint8Array({ minLength: length, maxLength: length });
      fc.assert(
        fc.property(keys, fc.array(anyBytes, { maxLength: 4 }), (key, messages) => {
          const kept = macKey(mode, key);
          for (const bytes of messages) {
            const steps = stepByStep(algorithm, Buffer.from(key), bytes);
            expect(foldBlocks(bytes, mode === 'sm4' ? 16 : 8)).toEqual(steps.xor);
            expect(kept.mac(bytes)).toEqual(steps.mac);
          }
        }),
      );
    },
  );

  test('is eight digits in upper case', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(macKey('cup-ecb', key16).mac(bytes).toString('latin1')).toMatch(/^[0-9A-F]{8}$/);
      }),
    );
  });
});

describe('the MAC of X9.19', () => {
  test('is a chain under the first half whose last block is deciphered and enciphered once more', () => {
    const [first, second] = [key16.subarray(0, 8), key16.subarray(8)];
    const kept = macKey('x9.19', key16);
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const filled = Buffer.alloc(Math.max(1, Math.ceil(bytes.length / 8)) * 8);
        filled.set(bytes);
        const chain = createCipheriv('des-ede-cbc', Buffer.concat([first, first]), Buffer.alloc(8));
        const last = chain.setAutoPadding(false).update(filled).subarray(-8);
        expect(kept.mac(bytes)).toEqual(encipher('3des', first, decipher('3des', second, last)));
      }),
    );
  });

  test('with a single-length key is the last block of the chain (X9.9)', () => {
    // FIPS 113, appendix A: the ASCII text "7654321 Now is the time for ".
    const key = hex('0123456789abcdef');
    const text = Buffer.from('7654321 Now is the time for ', 'latin1');
    expect(macKey('x9.19', key).mac(text).toString('hex')).toBe('f1d30f6849312ca4');
  });
});

describe('a MAC', () => {
  test.each(modes)('of mode %s fits its message', (mode) => {
    const key = macKey(mode, key16);
    fc.assert(fc.property(anyBytes, (bytes) => key.fits(bytes, key.mac(bytes))));
  });

  test.each(modes)('of mode %s fits no message of which any bit is another', (mode) => {
    const key = macKey(mode, key16);
    const bytes = Buffer.from(hex(published.mab).subarray(0, 43));
    const mac = key.mac(bytes);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(key.fits(changed, mac)).toBe(false);
    }
    for (let bit = 0; bit < 64; bit++) {
      const changed = Buffer.from(mac);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(key.fits(bytes, changed)).toBe(false);
    }
  });

  test('that is longer or shorter fits nothing', () => {
    const key = macKey('cup-ecb', key16);
    const bytes = Buffer.from('message');
    const mac = key.mac(bytes);
    expect(key.fits(bytes, mac.subarray(0, 4))).toBe(false);
    expect(key.fits(bytes, Buffer.concat([mac, mac]))).toBe(false);
    expect(key.fits(bytes, Buffer.alloc(0))).toBe(false);
  });

  test('tells apart messages whose blocks even each other out in X9.19 alone: UnionPay’s cannot', () => {
    const message = Buffer.from('0200 amount 000000001000 and more of it', 'latin1');
    const changed = Buffer.from(message);
    for (const at of [4, 4 + 16]) changed[at] = (changed[at] as number) ^ 8;
    const same = (mode: (typeof modes)[number]) => {
      const key = macKey(mode, key16);
      return key.fits(changed, key.mac(message));
    };
    expect(modes.map((mode) => [mode, same(mode)])).toEqual([
      ['cup-ecb', true],
      ['x9.19', false],
      ['sm4', true],
    ]);
  });

  test('is made by each key alone, also where keys take turns', () => {
    const [one, other] = [macKey('cup-ecb', key16), macKey('cup-ecb', key16.toReversed())];
    const bytes = Buffer.from('0200 and so on');
    const [first, second] = [one.mac(bytes), other.mac(bytes)];
    for (let turn = 0; turn < 3; turn++) {
      expect(one.mac(bytes)).toEqual(first);
      expect(other.mac(bytes)).toEqual(second);
    }
    expect(first).not.toEqual(second);
  });
});
