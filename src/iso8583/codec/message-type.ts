import type { MessageLayout } from '#iso8583/layout/layout.ts';
import { ascii, type CodePage, ebcdic037, ebcdic1047 } from './code-pages.ts';
import { fail, type Reading, type Writing } from './reading.ts';

/** The message type: a version, which is the layout's, a class that is not 0, a function and an origin. */
export interface MessageTypeCodec {
  read(from: Reading): string | null;
  write(to: Writing, mti: string): boolean;
}

const pages = { ascii, ebcdic037, ebcdic1047 } as const;
const zero = '0'.charCodeAt(0);
/** The texts of all message types, so that none is made again for each message. */
const texts = Array.from({ length: 10_000 }, (_, number) => String(number).padStart(4, '0'));

/** Message types as the layout has them. Those of the other version are refused. */
export function messageTypeCodec(layout: MessageLayout): MessageTypeCodec {
  const version = layout.version ?? 0;
  const isRight = (number: number) =>
    Math.trunc(number / 1000) === version && Math.trunc(number / 100) % 10 > 0;
  const page = layout.mti === 'bcd' ? null : pages[layout.mti];
  const digitAt = page === null ? nibbleAt : digitOf(page);
  const width = page === null ? 2 : 4;
  const digits = new Uint8Array(4);
  return {
    read(from) {
      const { bytes, at } = from;
      if (at + width > from.end) return fail(from, 'too-short', from.end);
      let number = 0;
      for (let i = 0; i < 4; i++) {
        const digit = digitAt(bytes, at, i);
        // What is no digit takes the number out of the range of all message types.
        number = digit >= 0 && digit <= 9 ? 10 * number + digit : -1e6;
      }
      if (!isRight(number)) return fail(from, 'wrong-mti', at);
      from.at = at + width;
      return texts[number] as string;
    },
    write(to, mti) {
      if (!/^\d{4}$/.test(mti) || !isRight(Number(mti))) return false;
      for (let i = 0; i < 4; i++) digits[i] = mti.charCodeAt(i) - zero;
      const [a, b, c, d] = digits as unknown as [number, number, number, number];
      if (page === null) {
        to.bytes[to.at] = (a << 4) | b;
        to.bytes[to.at + 1] = (c << 4) | d;
      } else {
        for (let i = 0; i < 4; i++) to.bytes[to.at + i] = page.toByte[zero + (digits[i] as number)] as number;
      }
      to.at += width;
      return true;
    },
  };
}

function digitOf(page: CodePage): typeof nibbleAt {
  return (bytes, at, place) => (page.toLatin1[bytes[at + place] as number] as number) - zero;
}

function nibbleAt(bytes: Uint8Array, at: number, place: number): number {
  const byte = bytes[at + (place >> 1)] as number;
  return (place & 1) === 0 ? byte >> 4 : byte & 15;
}
