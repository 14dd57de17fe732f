import { Decimal } from 'decimal.js';
import { type Fen, fen } from './fen.ts';

/** A rate as the tariff writes it: "0.5", "0.85". Kept as text, so that no float ever holds it. */
export type Rate = string;

/**
 * The amount times the rate, rounded down to whole fen: a discount never charges the holder the odd fen.
 * decimal.js lives here because this is where a rate meets an amount.
 */
export function timesRateDown(amount: Fen, rate: Rate): Fen {
  const exact = new Decimal(amount.toString()).times(new Decimal(rate));
  return fen(BigInt(exact.toDecimalPlaces(0, Decimal.ROUND_DOWN).toFixed(0)));
}

export function isRate(text: string): boolean {
  return /^(0|1)(\.\d{1,6})?$/.test(text) && new Decimal(text).lte(1);
}
