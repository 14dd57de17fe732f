import type { DayPaid } from './cap.ts';
import type { Grant, MonthRides } from './concession.ts';
import type { Tap } from './fare.ts';
import type { Pass } from './passes.ts';

/** All that is kept about a card account that rides: one row, read once and written once a ride. */
export interface Rider extends DayPaid, MonthRides {
  /** The tap that the transfer window runs from. */
  readonly tap: Tap;
  readonly passes: readonly Pass[];
  /** Categories it was given, the latest first. Read along; a ride never changes them. */
  readonly grants: readonly Grant[];
}

/** Who never rode. */
export const newRider: Rider = {
  tap: { tappedAtMs: 0, entryId: 0n },
  day: '1970-01-01',
  paid: [],
  month: '1970-01',
  rides: 0,
  passes: [],
  grants: [],
};

/** "200001:600,200002:100". */
export function paidText(paid: Rider['paid']): string {
  return paid.map(({ participantId, paidFen }) => `${participantId}:${paidFen}`).join(',');
}

export function readPaid(text: string): Rider['paid'] {
  return fieldsOf(text).map(([participant = '', paid = '']) => ({
    participantId: Number(participant),
    paidFen: BigInt(paid),
  }));
}

/** "200001:M30:<entry>:2026-11-22:2026-11-22:2026-11-30:<rides left, or nothing>,…". */
export function passesText(passes: Rider['passes']): string {
  return passes
    .map((pass) => {
      const { participantId, code, entryId, boughtOn, fromDay, untilDay, ridesLeft } = pass;
      return [participantId, code, entryId, boughtOn, fromDay, untilDay, ridesLeft ?? ''].join(':');
    })
    .join(',');
}

export function readPasses(text: string): Rider['passes'] {
  return fieldsOf(text).map((fields) => {
    const [participant, code, entry, boughtOn, fromDay, untilDay, left] = fields as Tuple<7>;
    return {
      participantId: Number(participant),
      code,
      entryId: BigInt(entry),
      boughtOn,
      fromDay,
      untilDay,
      ridesLeft: left === '' ? null : Number(left),
    };
  });
}

/** "student:2026-09-01:2027-08-31,none:2026-01-01:", as the store asks for it. */
export function readGrants(text: string): Rider['grants'] {
  return fieldsOf(text).map((fields) => {
    const [category, fromDay, toDay] = fields as Tuple<3>;
    return { category, fromDay, toDay: toDay === '' ? null : toDay };
  });
}

type Tuple<Length extends 3 | 7> = Length extends 3
  ? [string, string, string]
  : [string, string, string, string, string, string, string];

function fieldsOf(text: string): string[][] {
  return text === '' ? [] : text.split(',').map((row) => row.split(':'));
}
