import fc from 'fast-check';
import { type Codec, compileCodec } from '#iso8583/codec.ts';
import { describe } from '#iso8583/describe.ts';
import type { MessageLayout } from '#iso8583/layout/layout.ts';
import { type FormatErrorCode, isFormatError } from '#iso8583/message.ts';
import { messagesOf } from '#testing/iso8583/arbitrary-messages.ts';

/** What became of the frames. Whatever else happens, an exception or other bytes, ends the run. */
export interface FuzzReport {
  readonly accepted: number;
  readonly refused: Readonly<Partial<Record<FormatErrorCode, number>>>;
  /** The longest that one frame took. */
  readonly slowestMs: number;
}

const messagesOfLayout = 200;
/** A description costs more than a reading, and holds for each kind of result. */
const describedEvery = 16;
const changesMax = 4;

/** Reads frames made of right ones by changing them, the same ones for a seed. */
export function fuzzFrames(
  layouts: readonly MessageLayout[],
  { frames, seed }: { readonly frames: number; readonly seed: number },
): FuzzReport {
  const random = numbersOf(seed);
  const desks = layouts.map((layout) => {
    const codec = compileCodec(layout);
    const sample = fc.sample(messagesOf(layout), { numRuns: messagesOfLayout, seed });
    return { codec, right: sample.map((message) => codec.encode(message)) };
  });
  const refused: Partial<Record<FormatErrorCode, number>> = {};
  let [accepted, slowestMs] = [0, 0];
  for (let n = 0; n < frames; n++) {
    const { codec, right } = desks[n % desks.length] as (typeof desks)[number];
    const frame = changed(right, random);
    const began = performance.now();
    const error = readFrame(codec, frame, n % describedEvery === 0);
    slowestMs = Math.max(slowestMs, performance.now() - began);
    if (error === null) accepted++;
    else refused[error] = (refused[error] ?? 0) + 1;
  }
  return { accepted, refused, slowestMs };
}

/** The error for which the frame is refused, or null; throws where reading it does not keep its promises. */
function readFrame(codec: Codec, frame: Buffer, isDescribed: boolean): FormatErrorCode | null {
  const wrong = (what: string) => new Error(`${codec.layout.name}: ${what}: ${frame.toString('hex')}`);
  const read = codec.decode(frame);
  const start = codec.macStart(frame);
  const typeAlone = codec.peek(frame, 0);
  if (isDescribed && describe(codec.layout, read) === '') throw wrong('nothing is described');
  if (isFormatError(read)) {
    if (!(read.offset >= 0 && read.offset <= frame.length)) throw wrong('the error is not in the frame');
    return read.error;
  }
  if (!codec.encode(read).equals(frame)) throw wrong('it is written as other bytes');
  if (typeAlone !== read.mti) throw wrong('its type alone is another');
  if (start !== null && start > frame.length) throw wrong('its MAC is not in it');
  return null;
}

type Random = (below: number) => number;
type Change = (frame: Buffer, random: Random) => Buffer;

const changes: readonly Change[] = [
  (frame, random) => withByte(frame, random, (byte) => byte ^ (1 << random(8))),
  (frame, random) => withByte(frame, random, () => random(256)),
  // A digit for a digit: what is refused is then what the digits mean.
  (frame, random) => withByte(frame, random, (byte) => (byte & 0xf0) | random(10)),
  // The type, the bitmaps and the first lengths are met more often than by chance.
  (frame, random) =>
    withByte(
      frame,
      (below) => random(Math.min(below, 24)),
      () => random(256),
    ),
  (frame, random) => frame.subarray(0, random(frame.length + 1)),
  (frame, random) => Buffer.concat([frame, randomBytes(1 + random(4), random)]),
  (frame, random) => {
    const at = random(frame.length + 1);
    return Buffer.concat([frame.subarray(0, at), randomBytes(1 + random(3), random), frame.subarray(at)]);
  },
  (frame, random) => {
    const at = random(frame.length + 1);
    return Buffer.concat([frame.subarray(0, at), frame.subarray(at + 1 + random(3))]);
  },
  (frame, random) => {
    const [from, length, to] = [random(frame.length + 1), random(40), random(frame.length + 1)];
    return Buffer.concat([frame.subarray(0, to), frame.subarray(from, from + length), frame.subarray(to)]);
  },
  (frame, random) => randomBytes(random(frame.length + 1), random),
];

function changed(right: readonly Buffer[], random: Random): Buffer {
  let frame: Buffer = right[random(right.length)] as Buffer;
  if (random(8) === 0) {
    const other = right[random(right.length)] as Buffer;
    frame = Buffer.concat([frame.subarray(0, random(frame.length)), other.subarray(random(other.length))]);
  }
  for (let left = random(changesMax + 1); left > 0; left--) {
    frame = (changes[random(changes.length)] as Change)(frame, random);
  }
  return frame;
}

function withByte(frame: Buffer, random: Random, change: (byte: number) => number): Buffer {
  if (frame.length === 0) return frame;
  const copy = Buffer.from(frame);
  const at = random(copy.length);
  copy[at] = change(copy[at] as number);
  return copy;
}

function randomBytes(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => random(256)));
}

/** The numbers of mulberry32: few lines, and the same everywhere. */
function numbersOf(seed: number): Random {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
