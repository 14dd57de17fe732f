const shape = /^[0-9]{6}$/;
const runStep = 1;

/** Whether six digits may be a query password or a payment PIN: not all equal, no run like 345678 or 876543. */
export function isSimple(digits: string): boolean {
  if (!shape.test(digits)) throw new RangeError('six digits');
  const steps = Array.from(digits.slice(1), (digit, place) => Number(digit) - Number(digits[place]));
  const [first = 0] = steps;
  return Math.abs(first) <= runStep && steps.every((step) => step === first);
}
