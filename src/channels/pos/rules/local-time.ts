import { dateNear } from '#iso8583/unionpay/year-of.ts';
import { dayNumber } from '#platform/calendar.ts';

/** The terminal's date and time, each null where it is not said. */
export interface LocalTime {
  /** "2026-11-22". */
  readonly date: string | null;
  /** "08:30:00". */
  readonly time: string | null;
}

const clock = /^([01]\d|2[0-3])([0-5]\d)([0-5]\d)$/;

/** Reads fields 12 and 13 of 1987 (hhmmss and MMDD), or field 12 of 1993 (YYMMDDhhmmss); null where they are none. */
export function readLocalTime(
  said: { readonly field12: string | undefined; readonly field13: string | undefined },
  today: string,
): LocalTime | null {
  const { field12, field13 } = said;
  if (field12?.length === 12) return readWhole(field12);
  const time = field12 === undefined ? null : readClock(field12);
  const date = field13 === undefined ? null : nearestDay(field13, today);
  const isWrong = (field12 !== undefined && time === null) || (field13 !== undefined && date === null);
  return isWrong ? null : { date, time };
}

function readWhole(field12: string): LocalTime | null {
  const date = `20${field12.slice(0, 2)}-${field12.slice(2, 4)}-${field12.slice(4, 6)}`;
  const time = readClock(field12.slice(6));
  return time === null || Number.isNaN(dayNumber(date)) ? null : { date, time };
}

function readClock(digits: string): string | null {
  const [, hours, minutes, seconds] = clock.exec(digits) ?? [];
  return seconds === undefined ? null : `${hours}:${minutes}:${seconds}`;
}

// Nearly every message is of today.
function nearestDay(monthDay: string, today: string): string | null {
  const isToday = today.slice(5, 7) === monthDay.slice(0, 2) && today.slice(8) === monthDay.slice(2);
  return isToday ? today : dateNear(monthDay, today);
}
