/**
 * A message as people speak of it. Values are text: digits for n, "=" as the separator of z, upper-case hexadecimal for
 * b, a sign and digits for xn, decoded characters otherwise. Fields are 2 to 128; 1 is the bitmap's own bit.
 */
export interface Message {
  /** Four digits: "0200", or "1200" of the 1993 version. */
  readonly mti: string;
  readonly fields: Fields;
}

export type Fields = { readonly [field: number]: string | undefined };

/** What is wrong with a message. The value is never said: it may be a card number, a track or a PIN. */
export interface FormatError {
  readonly error: FormatErrorCode;
  /** 0 is the message type, 1 a bitmap, null the message as a whole. */
  readonly field: number | null;
  /** "60.2", or the tag of a TLV as "9F26"; null for the field itself. */
  readonly subField: string | null;
  /** Where in the message it was found, in bytes from its first. */
  readonly offset: number;
}

export type FormatErrorCode =
  | 'too-short'
  | 'trailing-bytes'
  | 'wrong-mti'
  | 'wrong-bitmap'
  | 'no-layout'
  | 'wrong-length'
  | 'wrong-content'
  | 'wrong-padding';

/** A message of ours that its layout cannot carry: a fault of whoever made it. Names the field, never its value. */
export class EncodeError extends Error {
  readonly code: FormatErrorCode;
  readonly field: number;
  constructor(code: FormatErrorCode, field: number) {
    super(`field ${field} cannot be encoded: ${code}`);
    this.name = 'EncodeError';
    this.code = code;
    this.field = field;
  }
}

export function isFormatError(read: object): read is FormatError {
  return 'error' in read;
}
