import { dayNumber } from '#platform/calendar.ts';
import { isIdNumber } from './id-number.ts';

/** A card that somebody wants issued, as it was written. */
export interface CardWish {
  readonly cardNumber: string;
  readonly idNumber: string;
  readonly name: string;
  readonly product: string;
  /** The last day it is good: "2036-12-31". */
  readonly expiresOn: string;
}

export type ShapeRefusal =
  | 'card-number-wrong'
  | 'id-number-wrong'
  | 'product-unknown'
  | 'expiry-wrong'
  | 'line-malformed';

const cardNumberPattern = /^[0-9A-Z]{9,19}$/;
/** A name in writing: no control characters, no line breaks; the card's own field holds 30 Chinese characters. */
const namePattern = /^[^\p{C}\p{Zl}\p{Zp}]{1,60}$/u;
/** No card is printed for longer. */
const validityYearsMax = 30;

export function isName(text: string): boolean {
  return namePattern.test(text) && text.trim() === text;
}

/** Why a wish cannot be a card, whoever has one already; null if it can. */
export function refuseWish(
  wish: CardWish,
  on: { readonly today: string; readonly products: { has(code: string): boolean } },
): ShapeRefusal | null {
  if (!isName(wish.name)) return 'line-malformed';
  if (!cardNumberPattern.test(wish.cardNumber)) return 'card-number-wrong';
  if (!isIdNumber(wish.idNumber, on.today)) return 'id-number-wrong';
  if (!on.products.has(wish.product)) return 'product-unknown';
  return isExpiry(wish.expiresOn, on.today) ? null : 'expiry-wrong';
}

function isExpiry(day: string, today: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(dayNumber(day))) return false;
  const years = Number(day.slice(0, 4)) - Number(today.slice(0, 4));
  return day >= today && years <= validityYearsMax;
}
