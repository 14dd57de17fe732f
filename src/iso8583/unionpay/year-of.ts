const halfYearDays = 183;

/**
 * The date that was meant by MMDD: the one nearest to a day, as YYYY-MM-DD, so that the last of December stays in the
 * old year although it arrives in the new one. Of two that are equally near it is the one that has passed. Null where
 * it is no date within half a year, as 0229 mostly is.
 */
export function dateNear(monthDay: string, day: string): string | null {
  if (!isMonthDay(monthDay)) return null;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new RangeError('the day is not a date');
  const year = Number(day.slice(0, 4));
  const now = dayNumber(year, Number(day.slice(5, 7)), Number(day.slice(8)));
  const [askedMonth, askedDay] = [Number(monthDay.slice(0, 2)), Number(monthDay.slice(2))];
  let nearest: number | null = null;
  let nearestDays = halfYearDays + 1;
  for (let candidate = year - 1; candidate <= year + 1; candidate++) {
    const days = Math.abs(dayNumber(candidate, askedMonth, askedDay) - now);
    if (days >= nearestDays || askedDay > daysOf(candidate, askedMonth)) continue;
    [nearest, nearestDays] = [candidate, days];
  }
  if (nearest === null) return null;
  return `${String(nearest).padStart(4, '0')}-${monthDay.slice(0, 2)}-${monthDay.slice(2)}`;
}

/** Whether it is a month and a day that a year may have: 0229 is. */
export function isMonthDay(value: string): boolean {
  if (!/^\d{4}$/.test(value)) return false;
  const [month, day] = [Number(value.slice(0, 2)), Number(value.slice(2))];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(2000, month);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Days since a day long ago: only the difference of two means anything. */
function dayNumber(year: number, month: number, day: number): number {
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  let days = before * 365 + leapDays + day;
  for (let passed = 1; passed < month; passed++) days += daysOf(year, passed);
  return days;
}
