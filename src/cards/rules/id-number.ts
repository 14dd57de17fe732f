const shape = /^[1-9]\d{5}(\d{4})(\d\d)(\d\d)\d{3}[\dX]$/;
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkDigits = '10X98765432';
const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const firstBirthYear = 1850;

/**
 * Whether a text is a social-security number (社会保障号码, GB 11643-1999): region, date of birth, sequence, check
 * digit (ISO 7064 MOD 11-2). The region's shape alone is asked for: retired codes (460036, 460001) stay good for life.
 */
export function isIdNumber(text: string, today: string): boolean {
  const match = shape.exec(text);
  if (match === null) return false;
  const [, year = '', month = '', day = ''] = match;
  return isBirthday(`${year}-${month}-${day}`, today) && text[17] === checkDigitOf(text);
}

/** The eighteenth character that belongs to the first seventeen. */
export function checkDigitOf(text: string): string {
  let sum = 0;
  for (const [i, weight] of weights.entries()) sum += weight * Number(text[i]);
  return checkDigits[sum % 11] ?? '';
}

function isBirthday(date: string, today: string): boolean {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const last = monthDays[month - 1] ?? 0;
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const isDay = day >= 1 && day <= last && !(month === 2 && day === 29 && !isLeapYear);
  return isDay && year >= firstBirthYear && date <= today;
}

/** A person's ID number as staff see it: the first three and the last two characters. */
export function maskedIdNumber(idNumber: string): string {
  return `${idNumber.slice(0, 3)}${'*'.repeat(Math.max(0, idNumber.length - 5))}${idNumber.slice(-2)}`;
}

/** A person's name as staff see it: the surname's character and one star, however long the rest is. */
export function maskedName(name: string): string {
  return `${[...name][0] ?? ''}*`;
}
