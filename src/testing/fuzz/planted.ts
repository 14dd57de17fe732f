import { createHash } from 'node:crypto';
import { testIdNumber } from '#testing/subsidies/people.ts';

// Secrets that nobody has: made up once, so that a finding can be looked for again.
const bytesOf = (name: string) => createHash('sha256').update(`planted ${name}`).digest();
const digitsOf = (name: string, length: number) =>
  [...bytesOf(name), ...bytesOf(`${name} more`)]
    .map((byte) => byte % 10)
    .join('')
    .slice(0, length);
const several = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

const cards = several(8, (n) => `9${digitsOf(`card ${n}`, n % 2 === 0 ? 15 : 18)}`);
const idNumbers = several(6, (n) => testIdNumber(4_000 + 937 * n));
const pins = several(6, (n) => digitsOf(`pin ${n}`, 6));
const names = ['欧阳测试甲', '司徒测试乙', 'Zhuge-Testname'];
const passwords = ['Correct-Horse-9-Battery', 'pa55phrase!of+nobody'];
const bytes = several(6, (n) => bytesOf(`key ${n}`));

/** A number as people and programs write it, with what stands between its digits. */
function written(number: string): string[] {
  const grouped = number.replace(/(.{4})(?=.)/g, '$1 ');
  const wide = number.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
  return [
    number,
    grouped,
    grouped.replaceAll(' ', '-'),
    grouped.replaceAll(' ', '.'),
    wide,
    number.slice(2, 11),
  ];
}

/** What is put in every place of a request: card and ID numbers, names, passwords, PINs and their envelopes, keys. */
export const plantedTexts: readonly string[] = [
  ...[...cards, ...idNumbers].flatMap(written),
  ...[...names, ...passwords, ...pins],
  ...bytes.flatMap((key) => [key.toString('hex'), key.toString('base64'), key.toString('base64url')]),
];

const windowOfKeys = 12;
const windowsOf = (text: string, length: number) =>
  several(Math.max(0, text.length - length + 1), (at) => text.slice(at, at + length));
const partsOfKeys = new Set(
  bytes
    .flatMap((key) => [key.toString('hex'), key.toString('base64'), key.toString('base64url')])
    .flatMap((text) => windowsOf(text, windowOfKeys)),
);

/** So many digits of a number are a part of it: fewer are the tail that a holder is shown. */
const digitsOfPart = 6;
const partsOfNumbers = (length: number) =>
  new Set([...cards, ...idNumbers, ...pins].flatMap((number) => windowsOf(number.replace('X', ''), length)));
const partsByLength = new Map([digitsOfPart, 10].map((length) => [length, partsOfNumbers(length)]));
const between = /(?<=\d)[\p{Zs}\p{Pd}\p{Cf}\t\n\r._,/*]{1,3}(?=\d)/gu;

const shownMax = 2;
const contextLength = 60;

/**
 * What of the planted stands in a text, whole or in part and however it is written, with what stands around it; the
 * first few. `others` are looked for as they are.
 */
export function leaksIn(
  text: string,
  others: readonly string[] = [],
  digits: 6 | 10 = digitsOfPart,
): string[] {
  const plain = text.normalize('NFKC').replace(between, '');
  const parts = partsByLength.get(digits) ?? new Set();
  const found = [
    ...[...names, ...passwords, ...others].filter((secret) => text.includes(secret)),
    ...runsOf(plain, /[A-Za-z0-9+/_-]{12,}/g, windowOfKeys).filter((part) => partsOfKeys.has(part)),
    ...runsOf(plain, /\d{6,}/g, digits).filter((part) => parts.has(part)),
  ];
  return found.slice(0, shownMax).map((part) => {
    const at = Math.max(0, plain.indexOf(part) - contextLength);
    return `${part} in "${plain.slice(at, at + 2 * contextLength)}"`;
  });
}

function runsOf(text: string, run: RegExp, length: number): string[] {
  return (text.match(run) ?? []).flatMap((found) => windowsOf(found, length));
}
