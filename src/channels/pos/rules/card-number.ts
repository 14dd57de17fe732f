import type { Fields } from '#iso8583/message.ts';
import { isFieldFault } from '#iso8583/unionpay/field-fault.ts';
import { readTrack2 } from '#iso8583/unionpay/track2.ts';

/** The card that a message presents, by field 2 or by its second track; null for none, 'format' where the two differ. */
export function presentedCard(fields: Fields): string | null | 'format' {
  const number = fields[2] ?? null;
  const track = fields[35];
  if (track === undefined) return number === null || isNumber(number) ? number : 'format';
  const read = readTrack2(track);
  if (isFieldFault(read)) return 'format';
  return number === null || number === read.cardNumber ? read.cardNumber : 'format';
}

/** The field that a card was looked for in, or that says another one than field 2. */
export function cardField(fields: Fields): 2 | 35 {
  return fields[35] === undefined ? 2 : 35;
}

function isNumber(text: string): boolean {
  return /^\d{9,19}$/.test(text);
}
