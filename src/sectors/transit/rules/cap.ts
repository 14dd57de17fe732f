import { type Fen, fen, minFen } from '#money/fen.ts';
import type { Effective } from '#sectors/rules/effective.ts';

/** The most that a holder pays an operator for the rides of a day. */
export interface Cap extends Effective {
  readonly participantId: number;
  readonly perDayFen: bigint;
}

/** What a holder has paid an operator that day. */
export interface Paid {
  readonly participantId: number;
  readonly paidFen: bigint;
}

/** What a card account paid towards caps on its latest day of them. */
export interface DayPaid {
  readonly day: string;
  readonly paid: readonly Paid[];
}

/** So many operators are watched a day; beyond it the one that was paid least is no longer. */
export const operatorsPerDayMax = 16;

/** The fare as far as the cap leaves room for it; all of it where the operator has none. */
export function withinCap(fareFen: Fen, cap: Cap | undefined, before: DayPaid & { today: string }): Fen {
  if (cap === undefined) return fareFen;
  const left = cap.perDayFen - paidOn(before, before.today, cap.participantId);
  return left <= 0n ? fen(0) : minFen(fareFen, fen(left));
}

function paidOn(before: DayPaid, day: string, participantId: number): bigint {
  if (before.day !== day) return 0n;
  return before.paid.find((paid) => paid.participantId === participantId)?.paidFen ?? 0n;
}

/** The day after a ride was paid. A ride that cost nothing changes nothing. */
export function payTowards(before: DayPaid, day: string, ride: Paid): DayPaid {
  if (ride.paidFen === 0n) return { day: before.day, paid: before.paid };
  const others =
    before.day === day ? before.paid.filter((paid) => paid.participantId !== ride.participantId) : [];
  const paidFen = paidOn(before, day, ride.participantId) + ride.paidFen;
  const least = others.length < operatorsPerDayMax ? null : leastPaid(others);
  const paid = [...others.filter((other) => other !== least), { ...ride, paidFen }];
  return { day, paid: paid.sort((a, b) => a.participantId - b.participantId) };
}

function leastPaid(paid: readonly Paid[]): Paid | null {
  return paid.reduce<Paid | null>(
    (least, one) => (least === null || one.paidFen < least.paidFen ? one : least),
    null,
  );
}

/** The day after a ride of it was taken back, in whole or in part: as much may be paid again. */
export function takeFrom(before: DayPaid, day: string, ride: Paid): DayPaid {
  if (before.day !== day) return { day: before.day, paid: before.paid };
  const paid = before.paid.map((one) => {
    if (one.participantId !== ride.participantId) return one;
    return { ...one, paidFen: one.paidFen > ride.paidFen ? one.paidFen - ride.paidFen : 0n };
  });
  return { day, paid };
}
