import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  type Framer,
  frameBytes,
  isFramingError,
  keepAliveBytes,
  openFramer,
  replyAround,
} from './framer.ts';
import type { Frame, Framing, FramingError } from './framing.ts';
import { type FramingName, framings } from './framings.ts';
import { lengthMax } from './length-digits.ts';

interface Vector {
  readonly id: string;
  readonly kind: 'frame' | 'frame-length' | 'keepalive';
  readonly framing: { readonly tpdu?: string; readonly header?: string };
  readonly body: string;
  readonly hex: string;
  readonly value: number;
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../../../fixtures/iso8583/framing.json', import.meta.url), 'utf8'),
).vectors;

/** Which of our framings a vector is of. */
const framingOf: Readonly<Record<string, FramingName>> = {
  'post/nac-no-header': 'post',
  'nac-tpdu': 'nac-tpdu',
  'nac-include-header-length': 'nac-tpdu-self',
  'ncc-bcd-tpdu': 'ncc',
  ascii4: 'ascii4',
  cs: 'cs',
  gicc: 'gicc',
  hex4: 'hex4',
  'raw-u32': 'raw4',
  'cmf-u24': 'cmf',
  amex: 'amex',
  base24tcp: 'base24tcp',
  'base24-etx': 'base24',
  'unionpay-pos': 'unionpay-pos',
  'moov-ascii4-15': 'ascii4',
  'moov-bcd2-15': 'bcd2',
  'moov-binary2-15': 'post',
  'moov-vmlh-15': 'vmlh',
  'moov-vmlh-session-control-15': 'vmlh',
  'keepalive-u16': 'post',
  'keepalive-ascii4': 'ascii4',
  'keepalive-cs': 'cs',
  'keepalive-cmf': 'cmf',
};
/** What a settings file may say in words, though no client with a name does. */
const unnamed: Readonly<Record<string, Framing>> = {
  'lines with a lead': {
    ...framings.base24,
    lead: '0a0a',
    trailer: '0d0a03',
    tpdu: 'echo',
    headerBytes: 6,
  },
  'a length between a lead and a trailer it counts': {
    ...framings.ascii6,
    lead: '02',
    padBytes: 3,
    trailer: '0303',
    trailerCounted: true,
    tpdu: 'swap',
  },
  'a BCD length of itself, and a trailer it does not count': {
    ...framings.bcd2,
    length: { kind: 'bcd', bytes: 3, includesSelf: true },
    trailer: 'ff',
  },
};
const everyFraming: [string, Framing][] = Object.entries<Framing>({ ...framings, ...unnamed });

describe('published bytes', () => {
  test('are all known: a vector that nobody reads proves nothing', () => {
    expect(vectors.map(({ id }) => id)).toEqual(Object.keys(framingOf));
  });

  test.each(kind('frame'))('of $id come out as their message, and go out as the same bytes', (vector) => {
    const framing = framingOfVector(vector);
    expect(readAll(framing, [bytes(vector.hex)])).toEqual([textOf(frameOfVector(vector))]);
    expect(frameBytes(framing, frameOfVector(vector)).toString('hex')).toBe(vector.hex);
  });

  test.each(kind('frame-length'))('of $id say the length of the message', (vector) => {
    const body = Buffer.alloc(vector.value, 1);
    const [read] = readAll(framingOfVector(vector), [Buffer.concat([bytes(vector.hex), body])]);
    expect(read).toBe(textOf({ tpdu: null, header: null, body }));
  });

  test.each(kind('keepalive'))('of $id are a keep-alive, and are what is sent back', (vector) => {
    expect(readAll(framingOfVector(vector), [bytes(vector.hex)])).toEqual(['keep-alive']);
    expect(keepAliveBytes(framingOfVector(vector)).toString('hex')).toBe(vector.hex);
  });
});

describe('wherever the network splits the bytes', () => {
  test.each(everyFraming)('the same messages come out of %s: every split into two', (_, framing) => {
    const { stream, expected } = severalFrames(framing);
    for (let at = 0; at <= stream.length; at++)
      expect(readAll(framing, [stream.subarray(0, at), stream.subarray(at)])).toEqual(expected);
  });

  test.each(everyFraming)('the same messages come out of %s: many splits, and byte by byte', (_, framing) => {
    const { stream, expected } = severalFrames(framing);
    expect(
      readAll(
        framing,
        [...stream].map((byte) => Buffer.of(byte)),
      ),
    ).toEqual(expected);
    const cuts = fc.array(fc.nat(stream.length), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, (at) => {
        expect(readAll(framing, split(stream, at))).toEqual(expected);
      }),
    );
  });

  test('the same messages come out although nothing was taken before everything had come', () => {
    for (const [, framing] of everyFraming) {
      const { stream, expected } = severalFrames(framing);
      const framer = openFramer(framing);
      for (const byte of stream) framer.push(Buffer.of(byte));
      expect(take(framer)).toEqual(expected);
    }
  });

  test('what was given out stays as it was, whatever comes after it', () => {
    const framer = openFramer(framings['nac-tpdu']);
    const sent = frameBytes(framings['nac-tpdu'], frameFor(framings['nac-tpdu'], 300));
    framer.push(sent.subarray(0, 10));
    framer.push(Buffer.concat([sent.subarray(10), sent.subarray(0, 7)]));
    const first = framer.next() as Frame;
    const before = textOf(first);
    for (const byte of sent.subarray(7)) framer.push(Buffer.of(byte));
    expect(textOf(framer.next() as Frame)).toBe(before);
    expect(textOf(first)).toBe(before);
  });

  test('garbage is read to its end, and alike for every split: nothing is thrown and nothing loops', () => {
    const garbage = fc.uint8Array({ maxLength: 400 });
    const cuts = fc.array(fc.nat(400), { maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...everyFraming), garbage, cuts, ([, framing], noise, at) => {
        const stream = Buffer.from(noise);
        expect(readAll(framing, split(stream, at))).toEqual(readAll(framing, [stream]));
      }),
      { numRuns: 1000 },
    );
  });

  test('a changed byte in a stream of frames is an error or another message, never a throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...everyFraming), fc.nat(), fc.nat(255), ([, framing], where, value) => {
        const stream = Buffer.from(severalFrames(framing).stream);
        stream[where % stream.length] = value;
        expect(() => readAll(framing, [stream])).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a client that means harm', () => {
  const large: Framing = { ...framings['nac-tpdu'], frameBytesMax: 65_535 };
  const untilTrailer: Framing = { ...framings.base24, frameBytesMax: 65_535 };

  test.each([
    ['with a length', large],
    ['with a trailer', untilTrailer],
  ])('sends 64 kB byte by byte %s, and each byte is copied two or three times at the most', (_, framing) => {
    const sent = frameBytes(framing, frameFor(framing, 65_000));
    const copied = bytesCopiedWhile(() => {
      const framer = openFramer(framing);
      for (let at = 0; at < sent.length; at++) {
        framer.push(sent.subarray(at, at + 1));
        if (framer.next() !== null) expect(at).toBe(sent.length - 1);
      }
    });
    expect(copied).toBeGreaterThan(sent.length / 2);
    expect(copied).toBeLessThan(sent.length * 3);
  });

  test('a frame in packets is copied once, and one that came whole is not copied', () => {
    const sent = frameBytes(large, frameFor(large, 60_000));
    const packets = split(
      sent,
      Array.from({ length: 50 }, (_, i) => i * 1400),
    );
    expect(bytesCopiedWhile(() => readAll(large, packets))).toBeLessThanOrEqual(sent.length * 1.05);
    expect(bytesCopiedWhile(() => readAll(large, [sent]))).toBe(0);
  });

  test('a message that never ends is given up at the limit: what waits is at most a frame and a chunk', () => {
    for (const [, framing] of everyFraming) {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(255), (chunkBytes, value) => {
          const framer = openFramer(framing);
          for (let sent = 0; sent < 3 * framing.frameBytesMax; sent += chunkBytes) {
            framer.push(Buffer.alloc(chunkBytes, value));
            take(framer);
            expect(framer.pendingBytes).toBeLessThanOrEqual(framing.frameBytesMax + chunkBytes);
          }
        }),
        { numRuns: 5 },
      );
    }
  });

  test('a length that is too large ends the stream before any of its bytes is waited for', () => {
    expect(readAll(framings['nac-tpdu'], [bytes('2001')])).toEqual(['frame-too-large at 0']);
    expect(readAll(framings.raw4, [bytes('ffffffff')])).toEqual(['frame-too-large at 0']);
    expect(readAll(framings.vmlh, [bytes('0801')])).toEqual(['frame-too-large at 0']);
  });
});

describe('a frame as large as may be', () => {
  test.each(everyFraming)('is sent and comes out of %s, and one of a byte more is neither', (_, framing) => {
    const { tpdu, header } = frameFor(framing, 0);
    const bodyBytes = framing.frameBytesMax - (tpdu?.length ?? 0) - (header?.length ?? 0);
    const largest = frameFor(framing, bodyBytes);
    expect(readAll(framing, [frameBytes(framing, largest)])).toEqual([textOf(largest)]);
    const larger = frameFor(framing, bodyBytes + 1);
    expect(() => frameBytes(framing, larger)).toThrow(RangeError);
    const lax: Framing = { ...framing, frameBytesMax: framing.frameBytesMax + 1 };
    if (lengthMax(framing.length) > lax.frameBytesMax + 9)
      expect(readAll(framing, [frameBytes(lax, larger)])[0]).toMatch(/^frame-too-large at \d$/);
  });

  test('is never sent with its length modulo 10,000, as a NCC channel does: nobody could read it', () => {
    const framing: Framing = { ...framings.ncc, frameBytesMax: 20_000 };
    expect(frameBytes(framing, frameFor(framing, 9_994)).subarray(0, 2).toString('hex')).toBe('9999');
    expect(() => frameBytes(framing, frameFor(framing, 9_995))).toThrow(RangeError);
  });
});

describe('a stream whose frames cannot be told apart any more', () => {
  test.each<[string, FramingName, string, string]>([
    ['holds a frame without a message after TPDU and header', 'unionpay-pos', '000b', 'frame-too-short at 0'],
    ['holds a length that does not count itself', 'amex', '0001', 'frame-too-short at 0'],
    ['holds a length of only itself', 'nac-self', '0002', 'frame-too-short at 0'],
    ['holds only its trailer', 'base24tcp', '000103', 'frame-too-short at 0'],
    ['has a BCD length that is no number', 'ncc', '00a3', 'wrong-length at 0'],
    ['has an ASCII length that is no number', 'ascii4', '30302f32', 'wrong-length at 0'],
    ['has a sign in its ASCII length', 'ascii4', '2b303235', 'wrong-length at 0'],
    ['has a hexadecimal length that is none', 'hex4', '30307831', 'wrong-length at 0'],
    ['has other bytes before the length', 'gicc', '474554', 'wrong-lead at 0'],
    ['has another byte after the message', 'base24tcp', '00033030300003', 'wrong-trailer at 4'],
  ])('%s', (_, name, ...[hex, expected]) => {
    expect(readAll(framings[name], [bytes(hex)])).toEqual([expected]);
  });

  test('says where in the stream it broke, and says the same for ever', () => {
    const framing = framings['unionpay-pos'];
    const sent = frameBytes(framing, frameFor(framing, 40));
    const framer = openFramer(framing);
    framer.push(Buffer.concat([sent, sent, bytes('0003')]));
    expect(take(framer)).toHaveLength(3);
    const error: FramingError = { error: 'frame-too-short', offset: 2 * sent.length };
    expect(framer.next()).toEqual(error);
    framer.push(sent);
    expect(framer.next()).toEqual(error);
    expect(framer.pendingBytes).toBe(0);
  });

  test('is one with a keep-alive where those are refused', () => {
    const framing: Framing = { ...framings.post, keepAlive: 'refuse' };
    expect(readAll(framing, [bytes('0000')])).toEqual(['keep-alive-refused at 0']);
  });
});

describe('an answer', () => {
  const request = (framing: Framing): Frame => {
    const read = openFramerWith(framing, frameFor(framing, 20)).next();
    if (read === null || read === 'keep-alive' || isFramingError(read)) throw new Error('no frame came out');
    return read;
  };

  test('has the two addresses of the TPDU swapped, and the header as it came', () => {
    const { tpdu, header } = replyAround(framings['unionpay-pos'], request(framings['unionpay-pos']));
    expect(Buffer.from(tpdu ?? []).toString('hex')).toBe('6001020006');
    expect(Buffer.from(header ?? []).toString('hex')).toBe('603100311003');
  });

  test('has the TPDU as it came where it is not to be swapped', () => {
    const framing: Framing = { ...framings['nac-tpdu'], tpdu: 'echo' };
    expect(Buffer.from(replyAround(framing, request(framing)).tpdu ?? []).toString('hex')).toBe('6000060102');
  });

  test('has neither where the framing knows neither', () => {
    expect(replyAround(framings.post, request(framings.post))).toEqual({ tpdu: null, header: null });
  });
});

describe('a frame of ours that does not fit is a fault', () => {
  const body = Buffer.from('0800', 'hex');
  const bare = { tpdu: null, header: null };

  test.each<[string, FramingName, Frame]>([
    ['without a TPDU', 'nac-tpdu', { ...bare, body }],
    ['with a TPDU that is not asked for', 'post', { ...bare, tpdu: bytes('6000000000'), body }],
    ['with another header', 'nac-header', { ...bare, header: bytes('0100'), body }],
    ['without a message', 'post', { ...bare, body: Buffer.alloc(0) }],
    ['larger than the limit', 'vmlh', { ...bare, body: Buffer.alloc(2049) }],
    ['larger than its length can say', 'ascii3', { ...bare, body: Buffer.alloc(1000) }],
    ['with the bytes that end it inside', 'base24', { ...bare, body: bytes('300330') }],
  ])('%s', (_, name, frame) => {
    expect(() => frameBytes(framings[name], frame)).toThrow(RangeError);
  });

  test('with a header that begins as a keep-alive does, or a message whose last byte begins its end', () => {
    const framing: Framing = { ...framings.base24, trailer: '0303', headerBytes: 6 };
    const sent = { ...bare, header: bytes('490303030303'), body: bytes('30') };
    expect(readAll(framing, [frameBytes(framing, sent)])).toEqual([textOf(sent)]);
    expect(() => frameBytes(framing, { ...sent, header: bytes('030330303030') })).toThrow(RangeError);
    expect(() => frameBytes(framing, { ...sent, body: bytes('3003') })).toThrow(RangeError);
  });
});

function kind(wanted: Vector['kind']): Vector[] {
  return vectors.filter((vector) => vector.kind === wanted);
}

function framingOfVector({ id }: Vector): Framing {
  return framings[framingOf[id] ?? 'post'];
}

function frameOfVector({ framing, body }: Vector): Frame {
  const optional = (hex?: string) => (hex === undefined ? null : bytes(hex));
  return { tpdu: optional(framing.tpdu), header: optional(framing.header), body: bytes(body) };
}

/** Three frames of one framing with keep-alives between them, none of which holds the byte that ends BASE24's. */
function severalFrames(framing: Framing): { stream: Buffer; expected: string[] } {
  const frames = [1, 23, 60].map((bodyBytes) => frameFor(framing, bodyBytes));
  const keepAlive = keepAliveBytes(framing);
  const sent = frames.map((frame) => frameBytes(framing, frame));
  return {
    stream: Buffer.concat([...sent.slice(0, 2), keepAlive, keepAlive, ...sent.slice(2), keepAlive]),
    expected: [
      ...frames.slice(0, 2).map(textOf),
      'keep-alive',
      'keep-alive',
      ...frames.slice(2).map(textOf),
      'keep-alive',
    ],
  };
}

function frameFor(framing: Framing, bodyBytes: number): Frame {
  return {
    tpdu: framing.tpdu === 'none' ? null : bytes('6000060102'),
    header: framing.headerBytes === 0 ? null : bytes('603100311003'),
    body: Buffer.from(Array.from({ length: bodyBytes }, (_, i) => 0x30 + (i % 10))),
  };
}

function openFramerWith(framing: Framing, frame: Frame): Framer {
  const framer = openFramer(framing);
  framer.push(frameBytes(framing, frame));
  return framer;
}

/** Everything that stands in the chunks, taken after each, as text. */
function readAll(framing: Framing, chunks: readonly Uint8Array[]): string[] {
  const framer = openFramer(framing);
  const read: string[] = [];
  for (const chunk of chunks) {
    framer.push(chunk);
    read.push(...take(framer));
    if (read.at(-1)?.includes(' at ')) break;
  }
  return read;
}

function take(framer: Framer): string[] {
  const taken: string[] = [];
  for (let next = framer.next(); next !== null; next = framer.next()) {
    if (next !== 'keep-alive' && isFramingError(next)) return [...taken, `${next.error} at ${next.offset}`];
    taken.push(next === 'keep-alive' ? next : textOf(next));
  }
  return taken;
}

function textOf({ tpdu, header, body }: Frame): string {
  return [tpdu, header, body].map((part) => Buffer.from(part ?? []).toString('hex')).join('|');
}

function split(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
  return at.slice(1).map((end, i) => stream.subarray(at[i], end));
}

function bytesCopiedWhile(run: () => void): number {
  const spy = vi.spyOn(Uint8Array.prototype, 'set');
  try {
    run();
    return spy.mock.calls.reduce((sum, [source]) => sum + source.length, 0);
  } finally {
    spy.mockRestore();
  }
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}
