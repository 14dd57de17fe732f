/** Consonants: sixteen of them make no word, no number and no key. */
export const requestIdLetters = 'bcdfghjkmnpqrstv';
const own = /^[bcdfghjkmnpqrstv]{16}$/;
/** A random UUID (version 4), or one that begins with the time (version 7). */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** The shortest card number has 13 digits. */
const cardNumberDigits = /\d{13}/;

/**
 * Whether this may name a request, in headers and in the log: an id of ours, or a UUID. It comes from outside and is
 * written as it is, so what could be a card number, a key or a password is none.
 */
export function isRequestId(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  return own.test(text) || (uuid.test(text) && !cardNumberDigits.test(text.replaceAll('-', '')));
}
