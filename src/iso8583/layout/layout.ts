/** What a field holds: digits, letters, both, any printable, a track, bytes, or digits with a sign. */
export type FieldType = 'n' | 'a' | 'an' | 'ans' | 'z' | 'b' | 'xn';

/** How text or a length stands in the bytes. */
export type Encoding =
  | 'ascii'
  | 'bcd'
  | 'binary'
  | 'hex-ascii'
  | 'ebcdic037'
  | 'ebcdic1047'
  | 'gbk'
  | 'utf8'
  | 'char-sign+bcd';

/** A part of a positional field, in the order of the parts; the last ones may be missing as a whole. */
export interface PartLayout {
  readonly name: string;
  readonly type: FieldType;
  /** In the units of the field: digits or characters. */
  readonly len: number;
}

/** The layout of a field, in the words that a layout file uses. */
export interface FieldLayout {
  readonly type: FieldType;
  /** Digits of n and z, bytes of everything else; of a variable field the most it may have. */
  readonly len: number;
  readonly enc: Encoding;
  /** The digits of the length before a variable field: 2 is LL, 3 is LLL. */
  readonly var?: 2 | 3;
  readonly lenEnc?: Encoding;
  /** The side of the pad nibble of an odd number of BCD digits; left where nothing is said. */
  readonly pad?: 'left' | 'right';
  /** What the pad nibble is; 0 where nothing is said. */
  readonly padNibble?: '0' | 'F';
  readonly parts?: readonly PartLayout[];
  /** Whether the bytes are BER-TLV. Tags nobody knows are kept. */
  readonly tlv?: boolean;
}

/** How the messages of one kind of terminal are laid out: data, and nothing of it is code. */
export interface MessageLayout {
  readonly name: string;
  readonly mti: 'ascii' | 'bcd' | 'ebcdic037' | 'ebcdic1047';
  readonly bitmap: 'binary' | 'hex-ascii' | 'hex-ebcdic';
  /** 0 for message types of 1987, 1 for those of 1993; 0 where nothing is said. */
  readonly version?: 0 | 1;
  readonly fields: Readonly<Record<string, FieldLayout>>;
}
