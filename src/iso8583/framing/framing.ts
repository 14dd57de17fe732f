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
  /** What becomes of a length of zero. */
  readonly keepAlive: 'echo' | 'ignore' | 'refuse';
  /** Of TPDU, header and message together. */
  readonly frameBytesMax: number;
}

export interface LengthLayout {
  /** "none": the message ends where the trailer is met. */
  readonly kind: 'binary' | 'bcd' | 'ascii' | 'hex-ascii' | 'none';
  /** How many bytes the length takes: 2, 3 or 4. */
  readonly bytes: number;
  /** Whether it counts its own bytes. */
  readonly includesSelf?: boolean;
}

/** What stands around a message, and the message. The bytes belong to whoever is given them. */
export interface Frame {
  readonly tpdu: Uint8Array | null;
  readonly header: Uint8Array | null;
  readonly body: Uint8Array;
}
