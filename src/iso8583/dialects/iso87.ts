import type { MessageLayout } from '#iso8583/layout/layout.ts';
import { fieldsOf1987, fieldsOfTerminals } from './fields-1987.ts';
import { layOut } from './lay-out.ts';
import { parts60, parts61, parts90 } from './parts.ts';

const partsOfTerminals = { 60: parts60, 61: parts61, 90: parts90 };
const partsOfHosts = { 90: parts90 };

/**
 * UnionPay's terminals: digits in BCD. Field 22 is padded before it ("051" is 00 51), as it was measured; terminals that
 * pad it behind (05 10) have `pad: 'right'` there. What a chip says (55) is not looked into here.
 */
export const cupBcd: MessageLayout = {
  name: 'cup-bcd',
  mti: 'bcd',
  bitmap: 'binary',
  fields: layOut(
    fieldsOfTerminals,
    { digits: 'bcd', text: 'ascii', bytes: 'binary', signed: 'char-sign+bcd', lengths: 'bcd' },
    partsOfTerminals,
  ),
};

/** The same fields as text, with a binary bitmap and binary bytes. */
export const asciiBinmap: MessageLayout = {
  name: 'ascii-binmap',
  mti: 'ascii',
  bitmap: 'binary',
  fields: layOut(
    fieldsOfTerminals,
    { digits: 'ascii', text: 'ascii', bytes: 'binary', signed: 'ascii', lengths: 'ascii' },
    partsOfTerminals,
  ),
};

/** Text only: the bitmap and bytes in hexadecimal digits. */
export const asciiHexmap: MessageLayout = {
  name: 'ascii-hexmap',
  mti: 'ascii',
  bitmap: 'hex-ascii',
  fields: withChipData(
    layOut(
      fieldsOf1987,
      { digits: 'ascii', text: 'ascii', bytes: 'hex-ascii', signed: 'ascii', lengths: 'ascii' },
      partsOfHosts,
    ),
  ),
};

/** Mainframes: text, digits and lengths in EBCDIC 1047, the bitmap and bytes as they are. */
export const ebcdic: MessageLayout = {
  name: 'ebcdic',
  mti: 'ebcdic1047',
  bitmap: 'binary',
  fields: withChipData(
    layOut(
      fieldsOf1987,
      {
        digits: 'ebcdic1047',
        text: 'ebcdic1047',
        bytes: 'binary',
        signed: 'ebcdic1047',
        lengths: 'ebcdic1047',
      },
      partsOfHosts,
    ),
  ),
};

/** Field 55 as data objects, each of which is looked at. */
function withChipData(fields: MessageLayout['fields']): MessageLayout['fields'] {
  const field = fields['55'];
  return field === undefined ? fields : { ...fields, 55: { ...field, tlv: true } };
}
