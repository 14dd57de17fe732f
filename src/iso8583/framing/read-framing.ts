import type { Framing, LengthLayout } from './framing.ts';
import { framings, isFramingName } from './framings.ts';
import { lengthMax } from './length-digits.ts';

/** What is wrong with a framing, as a sentence that names the word. */
export interface FramingFault {
  readonly fault: string;
}

type Words = Readonly<Record<string, unknown>>;

/** A frame that is larger is no payment, and would be kept for each of many connections. */
const frameBytesCeiling = 100_000;
const marksBytesMax = 8;
const padBytesMax = 16;
const headerBytesMax = 64;
const tpduLength = 5;

/** How many bytes a length of each kind may take. */
const lengthBytes: Readonly<Record<LengthLayout['kind'], readonly [min: number, max: number]>> = {
  binary: [2, 4],
  bcd: [2, 4],
  ascii: [2, 6],
  'hex-ascii': [2, 6],
  none: [0, 0],
};

const words = [
  'lead',
  'length',
  'padBytes',
  'trailer',
  'trailerCounted',
  'tpdu',
  'headerBytes',
  'keepAlive',
  'frameBytesMax',
];

/** A framing out of a settings file: the name of a known one, or an object in the words of `Framing`. */
export function readFraming(json: unknown): Framing | FramingFault {
  if (typeof json === 'string') {
    if (isFramingName(json)) return framings[json];
    return { fault: `There is no framing of that name; there are: ${Object.keys(framings).join(', ')}.` };
  }
  if (!isObject(json)) return { fault: 'A framing is a name or an object.' };
  const fault =
    faultOfWords(json) ?? faultOfLength(json['length']) ?? faultOfWhole(json as unknown as Framing);
  return fault === null ? (json as unknown as Framing) : { fault };
}

export function isFramingFault(read: Framing | FramingFault): read is FramingFault {
  return 'fault' in read;
}

function faultOfWords(framing: Words): string | null {
  return (
    faultOfNames(framing, words, 'a framing') ??
    faultOfMarks(framing, 'lead') ??
    faultOfMarks(framing, 'trailer') ??
    faultOfFlag(framing, 'trailerCounted') ??
    faultOfChoice(framing, 'tpdu', ['none', 'echo', 'swap']) ??
    faultOfChoice(framing, 'keepAlive', ['echo', 'ignore', 'refuse']) ??
    (framing['padBytes'] === undefined ? null : faultOfCount(framing, 'padBytes', [0, padBytesMax])) ??
    faultOfCount(framing, 'headerBytes', [0, headerBytesMax]) ??
    faultOfCount(framing, 'frameBytesMax', [1, frameBytesCeiling])
  );
}

function faultOfLength(length: unknown): string | null {
  if (!isObject(length)) return '"length" is an object with "kind" and "bytes".';
  const kinds = Object.keys(lengthBytes);
  const fault =
    faultOfNames(length, ['kind', 'bytes', 'includesSelf'], 'a length') ??
    faultOfChoice(length, 'kind', kinds) ??
    faultOfFlag(length, 'includesSelf');
  return fault ?? faultOfCount(length, 'bytes', lengthBytes[length['kind'] as LengthLayout['kind']]);
}

/** What is wrong although every word is right: words that contradict each other. */
function faultOfWhole(framing: Framing): string | null {
  if (framing.trailerCounted && !framing.trailer) return '"trailerCounted" needs a "trailer".';
  return faultWithoutLength(framing) ?? faultOfLimit(framing);
}

function faultWithoutLength({ length, trailer, trailerCounted, padBytes }: Framing): string | null {
  if (length.kind !== 'none') return null;
  if (!trailer) return 'A framing without a length needs a "trailer".';
  return length.includesSelf || trailerCounted || padBytes
    ? 'A framing without a length has no "includesSelf", "trailerCounted" or "padBytes".'
    : null;
}

function faultOfLimit({
  length,
  trailer,
  trailerCounted,
  tpdu,
  headerBytes,
  frameBytesMax,
}: Framing): string | null {
  const around = (tpdu === 'none' ? 0 : tpduLength) + headerBytes;
  if (frameBytesMax <= around) return '"frameBytesMax" leaves no room for a message after TPDU and header.';
  const counted =
    (length.includesSelf ? length.bytes : 0) + (trailerCounted ? (trailer ?? '').length / 2 : 0);
  const sayable = lengthMax(length) - counted;
  if (frameBytesMax <= sayable) return null;
  return `"frameBytesMax" is more than the length can say, which is ${sayable}.`;
}

function faultOfNames(object: Words, known: readonly string[], what: string): string | null {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  return unknown === undefined ? null : `${JSON.stringify(unknown.slice(0, 40))} is no word of ${what}.`;
}

function faultOfMarks(object: Words, name: string): string | null {
  const value = object[name];
  const isRight =
    value === undefined ||
    (typeof value === 'string' && /^([\dA-Fa-f]{2})+$/.test(value) && value.length <= marksBytesMax * 2);
  return isRight ? null : `"${name}" is 1 to ${marksBytesMax} bytes in hexadecimal.`;
}

function faultOfFlag(object: Words, name: string): string | null {
  return object[name] === undefined || typeof object[name] === 'boolean'
    ? null
    : `"${name}" is true or false.`;
}

function faultOfChoice(object: Words, name: string, choices: readonly string[]): string | null {
  const value = object[name];
  const isRight = typeof value === 'string' && choices.includes(value);
  return isRight ? null : `"${name}" is one of: ${choices.join(', ')}.`;
}

function faultOfCount(object: Words, name: string, [min, max]: readonly [number, number]): string | null {
  const value = object[name];
  const isRight = Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  return isRight ? null : `"${name}" is a whole number from ${min} to ${max}.`;
}

function isObject(value: unknown): value is Words {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
