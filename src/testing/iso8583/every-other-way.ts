import type { FieldLayout, MessageLayout } from '#iso8583/layout/layout.ts';

const fields: Readonly<Record<string, FieldLayout>> = {
  2: { type: 'n', len: 19, enc: 'bcd', var: 2, lenEnc: 'binary', pad: 'left', padNibble: 'F' },
  3: { type: 'n', len: 5, enc: 'bcd', pad: 'right', padNibble: 'F' },
  4: { type: 'n', len: 12, enc: 'ebcdic037' },
  23: { type: 'n', len: 3, enc: 'bcd' },
  35: { type: 'z', len: 37, enc: 'bcd', var: 2, lenEnc: 'hex-ascii', pad: 'left' },
  36: { type: 'z', len: 104, enc: 'ebcdic037', var: 3, lenEnc: 'ebcdic037' },
  41: { type: 'a', len: 8, enc: 'ebcdic037' },
  43: { type: 'ans', len: 40, enc: 'gbk' },
  44: { type: 'ans', len: 99, enc: 'utf8', var: 2, lenEnc: 'bcd' },
  48: { type: 'ans', len: 999, enc: 'gbk', var: 3, lenEnc: 'hex-ascii' },
  52: { type: 'b', len: 16, enc: 'hex-ascii' },
  55: { type: 'b', len: 255, enc: 'hex-ascii', var: 2, lenEnc: 'binary', tlv: true },
  62: { type: 'b', len: 999, enc: 'binary', var: 3, lenEnc: 'binary' },
  63: { type: 'ans', len: 20, enc: 'utf8' },
  97: { type: 'xn', len: 9, enc: 'ebcdic037' },
  98: { type: 'xn', len: 16, enc: 'char-sign+bcd', pad: 'right', padNibble: 'F' },
  120: {
    type: 'ans',
    len: 12,
    enc: 'ascii',
    var: 3,
    lenEnc: 'bcd',
    parts: [
      { name: 'count', type: 'n', len: 2 },
      { name: 'text', type: 'ans', len: 10 },
    ],
  },
  128: { type: 'b', len: 8, enc: 'binary' },
};

/** Every way in which a field may be written that no dialect of ours has. */
export const everyOtherWay: MessageLayout = {
  name: 'every-other-way',
  mti: 'ebcdic037',
  bitmap: 'hex-ebcdic',
  fields,
};
