import { describe, expect, test } from 'vitest';
import { frameBytes, openFramer } from './framer.ts';
import type { Framing } from './framing.ts';
import { framings } from './framings.ts';
import { isFramingFault, readFraming } from './read-framing.ts';

const unionPay = {
  length: { kind: 'binary', bytes: 2 },
  tpdu: 'swap',
  headerBytes: 6,
  keepAlive: 'echo',
  frameBytesMax: 8192,
};

describe('a framing out of a settings file', () => {
  test.each(Object.keys(framings))('is known by its name: %s', (name) => {
    expect(readFraming(name)).toEqual(framings[name as keyof typeof framings]);
  });

  test.each(Object.entries(framings))('may say in words what %s is', (_, framing) => {
    expect(readFraming(JSON.parse(JSON.stringify(framing)))).toEqual(framing);
  });

  test('may be one that nobody gave a name: a header of two bytes, and a lead and a trailer', () => {
    const read = readFraming({ ...unionPay, headerBytes: 2, lead: '02', trailer: '03' });
    if (isFramingFault(read)) throw new Error(read.fault);
    const framer = openFramer(read);
    const tpdu = Buffer.from('6000010000', 'hex');
    framer.push(frameBytes(read, { tpdu, header: Buffer.from('0100', 'hex'), body: Buffer.from('0800') }));
    expect(framer.next()).toMatchObject({ header: Buffer.from('0100', 'hex'), body: Buffer.from('0800') });
  });

  const text4 = { kind: 'ascii', bytes: 4 };
  const none = { kind: 'none', bytes: 0 };
  test.each<[unknown, string]>([
    [undefined, 'A framing is a name or an object.'],
    [[], 'A framing is a name or an object.'],
    [{ ...unionPay, tdpu: 'swap' }, '"tdpu" is no word of a framing.'],
    [JSON.parse('{"__proto__":1}'), '"__proto__" is no word of a framing.'],
    [{ ...unionPay, tpdu: true }, '"tpdu" is one of: none, echo, swap.'],
    [{ ...unionPay, keepAlive: undefined }, '"keepAlive" is one of: echo, ignore, refuse.'],
    [{ ...unionPay, headerBytes: 65 }, '"headerBytes" is a whole number from 0 to 64.'],
    [{ ...unionPay, headerBytes: 1.5 }, '"headerBytes" is a whole number from 0 to 64.'],
    [{ ...unionPay, padBytes: -1 }, '"padBytes" is a whole number from 0 to 16.'],
    [{ ...unionPay, frameBytesMax: '8192' }, '"frameBytesMax" is a whole number from 1 to 100000.'],
    [{ ...unionPay, frameBytesMax: 100_001 }, '"frameBytesMax" is a whole number from 1 to 100000.'],
    [
      { ...unionPay, frameBytesMax: 11 },
      '"frameBytesMax" leaves no room for a message after TPDU and header.',
    ],
    [{ ...unionPay, lead: '0' }, '"lead" is 1 to 8 bytes in hexadecimal.'],
    [{ ...unionPay, trailer: 3 }, '"trailer" is 1 to 8 bytes in hexadecimal.'],
    [{ ...unionPay, trailerCounted: 'yes' }, '"trailerCounted" is true or false.'],
    [{ ...unionPay, trailerCounted: true }, '"trailerCounted" needs a "trailer".'],
    [{ ...unionPay, length: 'u16' }, '"length" is an object with "kind" and "bytes".'],
    [{ ...unionPay, length: { ...text4, digits: 4 } }, '"digits" is no word of a length.'],
    [
      { ...unionPay, length: { ...text4, kind: 'u16' } },
      '"kind" is one of: binary, bcd, ascii, hex-ascii, none.',
    ],
    [{ ...unionPay, length: { ...text4, bytes: 7 } }, '"bytes" is a whole number from 2 to 6.'],
    [{ ...unionPay, length: { ...text4, includesSelf: 2 } }, '"includesSelf" is true or false.'],
    [{ ...unionPay, length: none }, 'A framing without a length needs a "trailer".'],
    [
      { ...unionPay, length: none, trailer: '03', padBytes: 2 },
      'A framing without a length has no "includesSelf", "trailerCounted" or "padBytes".',
    ],
    [
      { ...unionPay, length: text4, frameBytesMax: 10_000 },
      '"frameBytesMax" is more than the length can say, which is 9999.',
    ],
    [
      { ...unionPay, length: { kind: 'bcd', bytes: 2, includesSelf: true }, frameBytesMax: 9998 },
      '"frameBytesMax" is more than the length can say, which is 9997.',
    ],
  ])('%j is refused in a sentence', (json, fault) => {
    expect(readFraming(json)).toEqual({ fault });
  });

  test('is refused with the names that there are, where it has another', () => {
    for (const name of ['nca', 'toString', '']) {
      const read = readFraming(name) as { fault: string };
      expect(read.fault).toMatch(/^There is no framing of that name; there are: unionpay-pos, /);
    }
  });
});

test('each framing that has a name is one that would pass as words', () => {
  for (const framing of Object.values<Framing>(framings))
    expect(isFramingFault(readFraming({ ...framing }))).toBe(false);
});
