import type { Fen } from '#money/fen.ts';
import { type Rate, timesRateDown } from '#money/rate.ts';
import type { Effective } from '#sectors/rules/effective.ts';

/**
 * What an operator grants to a category of holders. Hainan: pupils and those of 65 to 69 pay half, those of 70
 * and the disabled nothing, for 120 rides a month; then 85 % as everybody with the card.
 */
export interface ConcessionTerms extends Effective {
  readonly participantId: number;
  readonly category: string;
  readonly rate: Rate;
  readonly ridesPerMonth: number;
  /** The part of the fare that a ride pays once the month's rides are used up. */
  readonly beyondRate: Rate;
}

/** A category that a card account was given, from a day on. */
export interface Grant {
  readonly category: string;
  readonly fromDay: string;
  /** Its last day; null for one without end. */
  readonly toDay: string | null;
}

/** The category of a grant that takes an earlier one away. */
export const noCategory = 'none';

/** Concession rides of a card account in its latest month of them, at all operators together. */
export interface MonthRides {
  /** "2026-11". */
  readonly month: string;
  readonly rides: number;
}

/**
 * The category in force on a day: that of the grant with the latest first day up to it, or none where that one
 * has ended. `grants` come the latest first, and of one first day the last given first.
 */
export function categoryOn(grants: readonly Grant[], day: string): string | null {
  const grant = grants.find((one) => one.fromDay <= day);
  if (grant === undefined || grant.category === noCategory) return null;
  return grant.toDay !== null && grant.toDay < day ? null : grant.category;
}

export function ridesIn({ month, rides }: MonthRides, day: string): number {
  return month === day.slice(0, 7) ? rides : 0;
}

/** What a ride costs by the category, rounded down in the holder's favour, and whether it is one of the month's rides. */
export function concessionFare(
  fullFen: Fen,
  terms: ConcessionTerms,
  ridesBefore: number,
): { readonly amountFen: Fen; readonly counts: boolean } {
  const counts = ridesBefore < terms.ridesPerMonth;
  return { amountFen: timesRateDown(fullFen, counts ? terms.rate : terms.beyondRate), counts };
}

/** One more ride of the day's month. */
export function countConcession(before: MonthRides, day: string): MonthRides {
  return { month: day.slice(0, 7), rides: ridesIn(before, day) + 1 };
}

/** A ride that is taken back is given back to its month; a month that is over keeps its number. */
export function uncountConcession(before: MonthRides, day: string): MonthRides {
  const { month, rides } = before;
  return month !== day.slice(0, 7) || rides === 0 ? { month, rides } : { month, rides: rides - 1 };
}
