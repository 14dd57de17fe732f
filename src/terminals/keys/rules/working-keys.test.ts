import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decipher } from './block-cipher.ts';
import { algorithmOf } from './mac.ts';
import {
  checkValueOf,
  drawKeys,
  openField62,
  splitKey,
  withOddParity,
  writeField62,
} from './working-keys.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const seed = Buffer.alloc(32, 7);
const key = hex('70f2a84ccbc2ae8625cbb0f2c22ab923');
const forms = ['001', '003', '004'] as const;
const modes = ['cup-ecb', 'x9.19', 'sm4'] as const;
const asked = modes.flatMap((mode) => forms.map((form) => [form, mode] as const));
const masterFor = (mode: (typeof modes)[number]) => ({ algorithm: algorithmOf[mode], key });
const anySeed = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('working keys', () => {
  test.each([
    ['001', 'cup-ecb', 8, 8, 0, 24],
    ['003', 'cup-ecb', 16, 8, 0, 40],
    ['004', 'cup-ecb', 16, 8, 16, 60],
    ['001', 'x9.19', 8, 8, 0, 24],
    ['003', 'x9.19', 16, 16, 0, 40],
    ['004', 'x9.19', 16, 16, 16, 60],
    ['001', 'sm4', 16, 16, 0, 40],
    ['003', 'sm4', 16, 16, 0, 40],
    ['004', 'sm4', 16, 16, 16, 60],
  ] as const)('of form %s in mode %s: PIN key %i, MAC key %i, track key %i, field 62 %i bytes', (...row) => {
    const [form, mode, pin, mac, track, field] = row;
    const keys = drawKeys(seed, { form, mode });
    expect([keys.pin.length, keys.mac.length, keys.track?.length ?? 0]).toEqual([pin, mac, track]);
    expect(writeField62(masterFor(mode), keys)).toMatch(new RegExp(`^[0-9A-F]{${field * 2}}$`));
  });

  test.each(asked)('of form %s in mode %s open at the terminal as they were sent', (form, mode) => {
    fc.assert(
      fc.property(anySeed, (random) => {
        const keys = drawKeys(random, { form, mode });
        expect(openField62(masterFor(mode), writeField62(masterFor(mode), keys))).toEqual(keys);
      }),
    );
  });

  test.each(asked)(
    'of form %s in mode %s do not open where any byte was changed on the way',
    (form, mode) => {
      const keys = drawKeys(seed, { form, mode });
      const sent = hex(writeField62(masterFor(mode), keys));
      for (let at = 0; at < sent.length; at++) {
        const changed = Buffer.from(sent);
        changed[at] = (changed[at] as number) ^ 0x10;
        const opened = openField62(masterFor(mode), changed.toString('hex').toUpperCase());
        expect(opened).toBeNull();
      }
    },
  );

  test.each(asked)('of form %s in mode %s do not open under another master key', (form, mode) => {
    const sent = writeField62(masterFor(mode), drawKeys(seed, { form, mode }));
    const other = { algorithm: algorithmOf[mode], key: key.toReversed() };
    expect(openField62(other, sent)).toBeNull();
  });

  test('of each form and mode are others: none is used in two ways', () => {
    const all = asked.map(([form, mode]) => drawKeys(seed, { form, mode }));
    const texts = all.flatMap(({ pin, mac, track }) => [pin, mac, ...(track === null ? [] : [track])]);
    const heads = texts.map((bytes) => bytes.subarray(0, 8).toString('hex'));
    expect(new Set(heads).size).toBe(heads.length);
  });

  test.each(['', '00', 'zz'.repeat(24), 'aa'.repeat(24), '0'.repeat(82)])('are not what %j is', (text) => {
    expect(openField62({ algorithm: '3des', key }, text)).toBeNull();
    expect(openField62({ algorithm: 'sm4', key }, text)).toBeNull();
  });

  test('for triple DES have odd parity, and are changed by it in their lowest bits only', () => {
    fc.assert(
      fc.property(anySeed, (random) => {
        const odd = withOddParity(Buffer.from(random));
        for (const [at, byte] of odd.entries()) {
          expect(byte.toString(2).replaceAll('0', '').length % 2).toBe(1);
          expect(byte & 0xfe).toBe((random[at] ?? 0) & 0xfe);
        }
      }),
    );
    const { pin, mac } = drawKeys(seed, { form: '003', mode: 'cup-ecb' });
    expect([withOddParity(pin), withOddParity(mac)]).toEqual([pin, mac]);
  });
});

describe('a key', () => {
  test('under a published master key opens to the published one', () => {
    expect(decipher('3des', key, hex('96D605EA176B7E9E'))).toEqual(hex('C24A8FB57AA20123'));
  });

  test('is told by four bytes of zeros under it', () => {
    // DES of zeros under 0123456789ABCDEF is D5D44FF720683D0D (the SP 800-17 tables).
    expect(checkValueOf('3des', hex('0123456789abcdef'))).toEqual(hex('d5d44ff7'));
  });

  test('is the XOR of its two components, of which the first is as random as it was given', () => {
    const first = Buffer.alloc(16, 0x5c);
    const [one, other] = splitKey(key, first);
    expect(one).toEqual(first);
    expect(Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)))).toEqual(key);
    expect(() => splitKey(key, Buffer.alloc(8))).toThrow(RangeError);
  });
});
