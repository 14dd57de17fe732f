import type { Framing, LengthLayout } from './framing.ts';

/** More than any message of ours needs, and little enough to be kept for each of many connections. */
const frameBytesMax = 8192;

const u16: LengthLayout = { kind: 'binary', bytes: 2 };
const u16WithSelf: LengthLayout = { ...u16, includesSelf: true };
const bcd2: LengthLayout = { kind: 'bcd', bytes: 2 };

const plain = { tpdu: 'none', headerBytes: 0, keepAlive: 'echo', frameBytesMax } as const;
const withTpdu = { ...plain, tpdu: 'swap' } as const;
const unionPay = { ...withTpdu, headerBytes: 6 } as const;

/**
 * The framings of the clients that are known, by name. The layouts are those of the channels of jPOS and of moov's
 * network headers. Channels whose header carries a length of its own that an answer would have to renew (VAP), that have
 * no length or trailer (PAD), or that speak XML or X.25 are not served.
 */
export const framings = {
  /** Length, TPDU and the six bytes of application, version and status: what UnionPay terminals send. */
  'unionpay-pos': { ...unionPay, length: u16 },
  'unionpay-pos-bcd': { ...unionPay, length: bcd2 },
  nac: { ...plain, length: u16 },
  'nac-tpdu': { ...withTpdu, length: u16 },
  'nac-header': { ...plain, headerBytes: 6, length: u16 },
  /** NAC with `include-header-length`. */
  'nac-self': { ...plain, length: u16WithSelf },
  'nac-tpdu-self': { ...withTpdu, length: u16WithSelf },
  /** Also moov's Binary2Bytes, and what j8583 speaks unless told otherwise. */
  post: { ...plain, length: u16 },
  ncc: { ...withTpdu, length: bcd2 },
  /** BCDChannel without a TPDU, and moov's BCD2Bytes. */
  bcd2: { ...plain, length: bcd2 },
  ascii3: { ...plain, length: { kind: 'ascii', bytes: 3 }, frameBytesMax: 999 },
  ascii4: { ...plain, length: { kind: 'ascii', bytes: 4 } },
  ascii5: { ...plain, length: { kind: 'ascii', bytes: 5 } },
  ascii6: { ...plain, length: { kind: 'ascii', bytes: 6 } },
  cs: { ...plain, length: u16, padBytes: 2 },
  /** The last nibble of the pad says whether it is a message of session control: those come out as frames too. */
  vmlh: { ...plain, length: u16, padBytes: 2, frameBytesMax: 2048 },
  gicc: { ...plain, lead: '0000', length: u16 },
  hex4: { ...plain, length: { kind: 'hex-ascii', bytes: 4 } },
  raw4: { ...plain, length: { kind: 'binary', bytes: 4 } },
  cmf: { ...plain, length: { kind: 'binary', bytes: 3 } },
  amex: { ...plain, length: u16WithSelf },
  base24tcp: { ...plain, length: u16, trailer: '03', trailerCounted: true },
  base24: {
    ...plain,
    length: { kind: 'none', bytes: 0 },
    trailer: '03',
    keepAlive: 'ignore',
    frameBytesMax: 4096,
  },
} as const satisfies Readonly<Record<string, Framing>>;

export type FramingName = keyof typeof framings;

/** Whether a framing is known by that name. */
export function isFramingName(name: string): name is FramingName {
  return Object.hasOwn(framings, name);
}
