const dayMs = 86_400_000;
const hainanOffsetMs = 8 * 3_600_000;

// Nearly every request of a day asks for the same one.
let asked = { day: '1970-01-01', number: 0 };

/** "2026-11-22" as the count of days since 1970; not a number for anything that is no day. PostgreSQL has no year 0. */
export function dayNumber(day: string): number {
  if (day !== asked.day) {
    const ms = Date.parse(`${day}T00:00:00Z`);
    const isDay = new Date(ms).toJSON()?.slice(0, 10) === day && !day.startsWith('0000');
    asked = { day, number: isDay ? ms / dayMs : Number.NaN };
  }
  return asked.number;
}

/** The day after. */
export function nextDay(day: string): string {
  return new Date((dayNumber(day) + 1) * dayMs).toISOString().slice(0, 10);
}

/** So many days after a day. */
export function addDays(day: string, days: number): string {
  return new Date((dayNumber(day) + days) * dayMs).toISOString().slice(0, 10);
}

/** The last day of the day's month. */
export function monthEnd(day: string): string {
  const [year, month] = day.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

// Written once a day and asked for twice a payment.
let latest = { number: 0, text: '1970-01-01' };

/** The calendar day in Hainan (UTC+8, no summer time) at a moment. */
export function hainanDay(nowMs: number): string {
  const number = Math.floor((nowMs + hainanOffsetMs) / dayMs);
  if (number !== latest.number)
    latest = { number, text: new Date(number * dayMs).toISOString().slice(0, 10) };
  return latest.text;
}

/** The moment at which a day begins in Hainan. */
export function hainanDayStartMs(day: string): number {
  return dayNumber(day) * dayMs - hainanOffsetMs;
}

/** The calendar day in Hainan as PostgreSQL computes it, of an expression in milliseconds since 1970. */
export function hainanDaySql(ms: string): string {
  return `(date '1970-01-01' + ((${ms} + ${hainanOffsetMs}) / ${dayMs})::int)`;
}

/** Today in Hainan by the clock of PostgreSQL. */
export const hainanTodaySql = `(now() at time zone 'UTC' + interval '${hainanOffsetMs} milliseconds')::date`;

/** "2026-11-22 08:30:00" in Hainan, as terminals write their local time. */
export function hainanTime(nowMs: number): string {
  return new Date(nowMs + hainanOffsetMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** A moment as programs write it (RFC 3339, UTC). */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
