/** How a message's MAC is made: UnionPay's ECB over XORed blocks, ANSI X9.19, or UnionPay's with SM4. */
export type MacMode = 'cup-ecb' | 'x9.19' | 'sm4';

/** The algorithm of a key: each key reference carries its own, so that none is used as another. */
export type KeyAlgorithm = '3des' | 'sm4';

/** Which working keys a sign-on hands out, by field 60.3: single length, double length, double length with a track key. */
export type KeyForm = '001' | '003' | '004';

/** Working keys for a terminal, enciphered under its master key. */
export interface IssuedKeys {
  /** As field 62 carries them, in upper-case hexadecimal: each key and the first bytes of its check value. */
  readonly field62: string;
}

export interface SignedBytes {
  /** Everything of the message before its MAC. */
  readonly bytes: Uint8Array;
  /** Eight bytes. */
  readonly mac: Uint8Array;
}

interface PinBlock {
  /** 8 bytes for format 0, 16 for format 4. */
  readonly block: Uint8Array;
  readonly cardNumber: string;
  readonly cardAccountId: bigint;
}

/** The keys that a message was admitted under: its answer goes out under the same. */
export interface KeySession {
  mac(bytes: Uint8Array): Buffer;
  /**
   * The check value of the PIN in a block, which is never seen outside of the key service; null for a block that is
   * none under this key.
   */
  pinCheck(pin: PinBlock): Buffer | null | Promise<Buffer | null>;
}

/**
 * Where keys are used and never shown: software here, a hardware security module where there is one. What it may
 * answer at once it answers at once, because a promise costs as much as a MAC.
 */
export interface KeyService {
  /**
   * Fresh working keys for a terminal that signs on. Those in use stay good until one of the new ones was used:
   * whoever signs on in a terminal's name, without its master key, takes nothing from it.
   */
  issue(
    terminalId: number,
    asked: { readonly form: KeyForm; readonly mode: MacMode },
  ): Promise<IssuedKeys | 'no-master-key'>;
  /** Judges a message's MAC by the terminal's working keys. */
  admit(
    terminalId: number,
    mode: MacMode,
    signed: SignedBytes,
  ): KeySession | KeyRefusal | Promise<KeySession | KeyRefusal>;
}

/** No working keys were ever issued, or the MAC fits none of them. Both are answered with another sign-on. */
export type KeyRefusal = 'not-signed-on' | 'mac-wrong';
