import type { FieldLayout, PartLayout } from '#iso8583/layout/layout.ts';
import type { FormatErrorCode } from '#iso8583/message.ts';
import { partFault } from '#iso8583/positional.ts';
import { tlvFault } from '#iso8583/tlv.ts';
import { fail, type Reading } from './reading.ts';

/** A value that was read, and where its field began and ended. */
interface Place {
  readonly from: Reading;
  readonly start: number;
}

/** Whether what a field is made of is right; where not, the reading says why. */
export interface SubFieldCheck {
  check(value: string, place: Place): boolean;
  errorOf(value: string): FormatErrorCode | null;
}

/** Null for a field that is not made of others. */
export function subFieldCheck(layout: FieldLayout, field: number): SubFieldCheck | null {
  if (layout.tlv === true) return tlvCheck(layout);
  return layout.parts === undefined ? null : partsCheck(layout.parts, layout, field);
}

function tlvCheck(layout: FieldLayout): SubFieldCheck {
  const faultOf = (value: string) => {
    const bytes = Buffer.from(value, 'hex');
    return tlvFault(bytes, 0, bytes.length);
  };
  return {
    check(value, { from }) {
      const length = value.length >> 1;
      const isRaw = layout.enc === 'binary';
      const fault = isRaw ? tlvFault(from.bytes, from.at - length, from.at) : faultOf(value);
      if (fault === null) return true;
      from.subField = fault.tag;
      fail(
        from,
        fault.fault,
        isRaw ? from.at - length + fault.offset : from.at - value.length + 2 * fault.offset,
      );
      return false;
    },
    errorOf: (value) => faultOf(value)?.fault ?? null,
  };
}

function partsCheck(parts: readonly PartLayout[], layout: FieldLayout, field: number): SubFieldCheck {
  // Nothing but lengths can be wrong where every part is of the field's own type, which was looked at already.
  const isPlain = parts.every((part) => part.type === layout.type);
  const ends = endsOf(parts);
  return {
    check(value, { from, start }) {
      if (isPlain && ends[value.length] === 1) return true;
      const fault = partFault(parts, value);
      if (fault === null) return true;
      from.subField = `${field}.${fault.part}`;
      fail(from, fault.fault, start);
      return false;
    },
    errorOf(value) {
      return isPlain && ends[value.length] === 1 ? null : (partFault(parts, value)?.fault ?? null);
    },
  };
}

/** 1 at each length at which a value may end. */
function endsOf(parts: readonly PartLayout[]): Uint8Array {
  const ends = new Uint8Array(2 * 1000);
  let at = 0;
  ends[0] = 1;
  for (const part of parts) {
    at += part.type === 'b' ? 2 * part.len : part.len;
    ends[at] = 1;
  }
  return ends;
}
