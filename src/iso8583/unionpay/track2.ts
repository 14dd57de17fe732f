import type { FieldFault } from './field-fault.ts';

/** What a magnetic stripe or a chip says on track 2. All of it is secret, and none of it may be kept. */
export interface Track2 {
  readonly cardNumber: string;
  /** YYMM */
  readonly expiry: string;
  /** Three digits; null where the track ends before them. A first digit of 2 or 6 says that the card has a chip. */
  readonly serviceCode: string | null;
}

/** Reads field 35: card number, "=", expiry n4, service code n3, and what the issuer put after it. */
export function readTrack2(value: string): Track2 | FieldFault {
  if (value.length > 37) return { error: 'wrong-length', field: 35, subField: null };
  const read = /^(\d{10,19})=(\d{4})(?:(\d{3})[\d=]*)?$/.exec(value);
  if (read === null) return { error: 'wrong-content', field: 35, subField: null };
  const [, cardNumber = '', expiry = '', serviceCode = null] = read;
  return { cardNumber, expiry, serviceCode };
}
