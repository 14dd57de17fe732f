/** A data object of a chip: its tag and its value in upper-case hexadecimal. */
export interface TlvItem {
  readonly tag: string;
  readonly value: string;
}

/** What is wrong in a row of data objects. */
export interface TlvFault {
  readonly fault: 'too-short' | 'wrong-content' | 'wrong-length';
  /** The tag at which it is wrong, null where there is none to be read. */
  readonly tag: string | null;
  /** In bytes from the first. */
  readonly offset: number;
}

/** Tags of chips have one to three bytes, and networks add a fourth. */
const tagBytesMax = 4;
const tagPattern = /^(?:[0-9A-F]{2}){1,4}$/;
const hexPattern = /^(?:[0-9A-F]{2})*$/;
const valueBytesMax = 0xffff;

/**
 * The data objects of BER-TLV (EMV book 3, annex B) in their order. Tags nobody knows are kept; what a constructed one
 * holds is its value. Lengths are written the shortest way, and nothing stands between the objects, so the same objects
 * always make the same bytes.
 */
export function readTlv(hex: string): readonly TlvItem[] | TlvFault {
  if (!hexPattern.test(hex)) return { fault: 'wrong-content', tag: null, offset: 0 };
  const bytes = Buffer.from(hex, 'hex');
  const items: TlvItem[] = [];
  for (let at = 0; at < bytes.length; ) {
    const object = objectAt(bytes, at, bytes.length);
    if ('fault' in object) return object;
    const tag = hex.slice(2 * at, 2 * object.tagEnd);
    items.push({ tag, value: hex.slice(2 * object.start, 2 * object.end) });
    at = object.end;
  }
  return items;
}

/** What is wrong in bytes as data objects, or null. Its offset counts from `start`. */
export function tlvFault(bytes: Uint8Array, start: number, end: number): TlvFault | null {
  for (let at = start; at < end; ) {
    const object = objectAt(bytes, at, end);
    if ('fault' in object) return { ...object, offset: object.offset - start };
    at = object.end;
  }
  return null;
}

/** Throws for what is no data object. */
export function writeTlv(items: readonly TlvItem[]): string {
  return items
    .map(({ tag, value }) => {
      const bytes = value.length / 2;
      if (!tagPattern.test(tag) || endOfTag(Buffer.from(tag, 'hex'), 0, tag.length / 2) !== tag.length / 2) {
        throw new Error('a data object has a tag that is none');
      }
      if (!hexPattern.test(value) || bytes > valueBytesMax)
        throw new Error(`the value of ${tag} is no bytes`);
      return tag + lengthOf(bytes) + value;
    })
    .join('');
}

export function isTlvFault(read: readonly TlvItem[] | TlvFault): read is TlvFault {
  return 'fault' in read;
}

interface PlaceOfObject {
  readonly tagEnd: number;
  readonly start: number;
  readonly end: number;
}

const cut = -1;
const none = -2;

function objectAt(bytes: Uint8Array, at: number, end: number): PlaceOfObject | TlvFault {
  const tagEnd = endOfTag(bytes, at, end);
  if (tagEnd < 0) return { fault: tagEnd === cut ? 'too-short' : 'wrong-content', tag: null, offset: at };
  const fault = (what: TlvFault['fault']): TlvFault => {
    const tag = Buffer.from(bytes.subarray(at, tagEnd)).toString('hex').toUpperCase();
    return { fault: what, tag, offset: tagEnd };
  };
  if (tagEnd === end) return fault('too-short');
  const first = bytes[tagEnd] as number;
  const more = first < 0x80 ? 0 : first - 0x80;
  const start = tagEnd + 1 + more;
  if (start > end) return fault('too-short');
  const length = first < 0x80 ? first : longLength(bytes, tagEnd + 1, more);
  if (length < 0) return fault('wrong-length');
  return start + length > end ? fault('too-short') : { tagEnd, start, end: start + length };
}

function endOfTag(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] as number;
  if (first === 0) return none;
  if ((first & 0x1f) !== 0x1f) return at + 1;
  for (let i = at + 1; i < at + tagBytesMax; i++) {
    if (i >= end) return cut;
    const byte = bytes[i] as number;
    if (i === at + 1 && byte === 0x80) return none;
    if (byte < 0x80) return i + 1;
  }
  return none;
}

/** A length of one or two bytes; -1 where it is none, or could be written shorter. */
function longLength(bytes: Uint8Array, at: number, width: number): number {
  const low = bytes[at] as number;
  if (width === 1) return low < 0x80 ? -1 : low;
  if (width !== 2 || low === 0) return -1;
  return (low << 8) | (bytes[at + 1] as number);
}

function lengthOf(bytes: number): string {
  const hex = bytes.toString(16).toUpperCase();
  if (bytes < 0x80) return hex.padStart(2, '0');
  return bytes < 0x100 ? `81${hex}` : `82${hex.padStart(4, '0')}`;
}
