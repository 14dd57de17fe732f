import type { FormatErrorCode } from '#iso8583/message.ts';

/** The functions of a buffer that Node's types leave out: each makes a text of bytes in one call. */
export interface Bytes extends Buffer {
  latin1Slice(start: number, end: number): string;
  hexSlice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
}

/** Bytes that are being read: where, and what was wrong. Reading never waits, so one is enough for a codec. */
export interface Reading {
  bytes: Bytes;
  /** The next byte that is not read. */
  at: number;
  /** The first byte that is not of the message. */
  end: number;
  error: FormatErrorCode | null;
  errorAt: number;
  subField: string | null;
}

/** Bytes that are being written. There is room for the longest message of the layout. */
export interface Writing {
  readonly bytes: Bytes;
  at: number;
}

/** What stands in a field, without its length. Units are those of its layout: digits, or bytes. */
export interface Content {
  /** How many bytes so many units take. */
  widthOf(units: number): number;
  /** The text of so many units, or null: `error` says why. */
  read(from: Reading, units: number): string | null;
  /** How many units were written, or -1 where the text is none of this kind. */
  write(to: Writing, text: string): number;
  /** Of a text that may be written; it keeps what is too long out of the scratch bytes. */
  charactersMax(units: number): number;
}

const nothing = asBytes(Buffer.alloc(0));

/** A reading that has nothing to read yet. */
export function openReading(): Reading {
  return { bytes: nothing, at: 0, end: 0, error: null, errorAt: 0, subField: null };
}

/** Begins with the first of these bytes; what was wrong with those before is forgotten. */
export function startReading(from: Reading, bytes: Uint8Array): void {
  from.bytes = asBytes(bytes);
  from.at = 0;
  from.end = bytes.length;
  from.error = null;
  from.subField = null;
}

/** Bytes that were read are not kept. */
export function endReading(from: Reading): void {
  from.bytes = nothing;
}

/** Notes what is wrong and where, and gives the null that a reader then gives its caller. */
export function fail(from: Reading, error: FormatErrorCode, at: number): null {
  from.error = error;
  from.errorAt = at;
  return null;
}

/** The same memory, as a buffer with the functions that Node's types leave out. */
export function asBytes(bytes: Uint8Array): Bytes {
  const whole = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return whole as Bytes;
}
