import { runs, summarise } from './parts/figures.ts';
import { nextCard } from './parts/own-cards.ts';
import { payAtShop } from './parts/shop.ts';

/** Payments with many cards; the order says over how many shops they spread, and with one all go to one participant. */
export const options = runs('pay');
export const handleSummary = summarise;

export function pay(): void {
  payAtShop(nextCard());
}
