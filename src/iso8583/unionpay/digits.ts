import { EncodeError } from '#iso8583/message.ts';

export function isDigits(value: string): boolean {
  return /^\d+$/.test(value);
}

/**
 * A number in so many digits, for a field.
 * @throws EncodeError where it has more, or is below zero or no whole number.
 */
export function digitsOf(value: bigint | number, length: number, field: number): string {
  const text = String(value);
  if (!isDigits(text)) throw new EncodeError('wrong-content', field);
  if (text.length > length) throw new EncodeError('wrong-length', field);
  return text.padStart(length, '0');
}

/**
 * A code of so many digits, for a field.
 * @throws EncodeError for anything else.
 */
export function codeOf(value: string, length: number, field: number): string {
  if (!isDigits(value)) throw new EncodeError('wrong-content', field);
  if (value.length !== length) throw new EncodeError('wrong-length', field);
  return value;
}
