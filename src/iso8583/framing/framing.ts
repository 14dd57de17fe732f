/** How messages of one kind of terminal stand in a stream of bytes. */
export interface Framing {
  /** Bytes before the length, in hexadecimal: "0000". */
  readonly lead?: string;
  readonly length: LengthLayout;
  /** Bytes between length and message that are sent as zero and not looked at: 2 of the CS channels. */
  readonly padBytes?: number;
  /** Bytes after the message, in hexadecimal: "03". */
  readonly trailer?: string;
  /** Whether the length counts the trailer. */
  readonly trailerCounted?: boolean;
  /** 5 bytes before the message: sent back as they came, or with the two addresses swapped. */
  readonly tpdu: 'none' | 'echo' | 'swap';
  /** Bytes of a header after the TPDU, sent back as they came: 6 of UnionPay. */
  readonly headerBytes: number;
  /** What becomes of a length of zero: it is told to whoever reads, to be sent back or not, or it ends the stream. */
  readonly keepAlive: 'echo' | 'ignore' | 'refuse';
  /** Of TPDU, header and message together. */
  readonly frameBytesMax: number;
}

export interface LengthLayout {
  /** "none": the message ends where the trailer is met. */
  readonly kind: 'binary' | 'bcd' | 'ascii' | 'hex-ascii' | 'none';
  /** How many bytes the length takes: 2 to 4, as text 2 to 6; 0 of "none". */
  readonly bytes: number;
  /** Whether it counts its own bytes. A length of zero is a keep-alive all the same. */
  readonly includesSelf?: boolean;
}

/** What stands around a message, and the message. The bytes belong to whoever is given them. */
export interface Frame {
  readonly tpdu: Uint8Array | null;
  readonly header: Uint8Array | null;
  readonly body: Uint8Array;
}

/** Why a stream can no longer be read: where its messages begin and end is lost. */
export interface FramingError {
  readonly error: FramingErrorCode;
  /** Where in the stream it was found, in bytes from its first. */
  readonly offset: number;
}

export type FramingErrorCode =
  | 'wrong-lead'
  | 'wrong-length'
  | 'wrong-trailer'
  | 'frame-too-large'
  | 'frame-too-short'
  | 'keep-alive-refused';
