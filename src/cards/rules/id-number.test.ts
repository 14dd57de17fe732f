import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkDigitOf, isIdNumber, maskedIdNumber, maskedName } from './id-number.ts';

const today = '2026-11-25';
/** A made-up number: region, birthday, a sequence of a test, and the check digit that belongs to it. */
const made = (region: string, birthday: string, sequence = '005') => {
  const first = `${region}${birthday}${sequence}`;
  return first + checkDigitOf(first);
};

describe('a social-security number', () => {
  test.each([
    // GB 11643's own example, and two of the public readers' notes (facts: cards §1.3).
    ['11010519491231002X', true],
    ['460105199003071239', true],
    ['460202198501010019', true],
    // Retired regions stay good for life.
    [made('460036', '19570228'), true],
    [made('460001', '19400229'), true],
    [made('460105', '20261125'), true],
    [made('460105', '20261126'), false],
    [made('460105', '19000229'), false],
    [made('460105', '20230229'), false],
    [made('460105', '19901301'), false],
    [made('460105', '19900001'), false],
    [made('460105', '19900431'), false],
    [made('460105', '19900400'), false],
    [made('460105', '18491231'), false],
    [made('060105', '19900430'), false],
    ['11010519491231002x', false],
    ['110105194912310021', false],
    ['110105491231002', false],
    ['11010519491231002X ', false],
    ['１１010519491231002X', false],
    ['', false],
  ])('%s is one: %s', (text, isOne) => {
    expect(isIdNumber(text, today)).toBe(isOne);
  });

  const numbers = fc
    .record({
      region: fc.integer({ min: 100_000, max: 999_999 }),
      day: fc.integer({ min: 0, max: 40_000 }),
      sequence: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ region, day, sequence }) => {
      const date = new Date(Date.UTC(1900, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);
      return made(String(region), date.replaceAll('-', ''), `00${sequence}`);
    });

  test('with any one digit changed is refused: every weight has an inverse modulo 11', () => {
    fc.assert(
      fc.property(
        numbers,
        fc.integer({ min: 0, max: 16 }),
        fc.integer({ min: 1, max: 9 }),
        (text, at, by) => {
          const digit = (Number(text[at]) + by) % 10;
          const changed = `${text.slice(0, at)}${digit}${text.slice(at + 1)}`;
          expect(isIdNumber(text, today)).toBe(true);
          expect(isIdNumber(changed, today)).toBe(false);
        },
      ),
    );
  });

  test('with two neighbours swapped is refused, unless they are the same', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 15 }), (text, at) => {
        const swapped = text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2);
        expect(isIdNumber(swapped, today)).toBe(text[at] === text[at + 1]);
      }),
    );
  });
});

describe('what staff see of a person', () => {
  test('is the first three and the last two of the number, and a surname', () => {
    expect(maskedIdNumber(made('460105', '19900307'))).toMatch(/^460\*{13}5.$/);
    expect(maskedIdNumber(made('460105', '19900307'))).toHaveLength(18);
    expect(maskedName('符某某')).toBe('符*');
    expect(maskedName('𠀀某')).toBe('𠀀*');
    expect(maskedName('')).toBe('*');
  });
});
