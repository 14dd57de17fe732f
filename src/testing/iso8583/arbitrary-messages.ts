import fc from 'fast-check';
import type { FieldLayout, FieldType, MessageLayout, PartLayout } from '#iso8583/layout/layout.ts';
import type { Message } from '#iso8583/message.ts';
import { writeTlv } from '#iso8583/tlv.ts';

const digits = '0123456789';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const printable = Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n)).join('');
const characters: Readonly<Record<Exclude<FieldType, 'xn'>, string>> = {
  n: digits,
  a: `${letters} `,
  an: `${letters}${digits} `,
  ans: printable,
  z: `${digits}=`,
  b: '0123456789ABCDEF',
};
const chinese = [...'海口三亚椰岛一卡通余额不足水费公交地铁社保旅游码头，。€'];
const tags = [
  '9F26',
  '9F27',
  '9F10',
  '9F37',
  '9F36',
  '95',
  '9A',
  '9C',
  '5F2A',
  '82',
  'DF8119',
  '4F',
  'FF8105',
];
const fieldsAtMost = 20;

/** Messages that a layout carries: any of its fields, each with any value it may hold. */
export function messagesOf(layout: MessageLayout): fc.Arbitrary<Message> {
  const version = layout.version ?? 0;
  const mti = fc
    .tuple(fc.integer({ min: 1, max: 8 }), fc.nat({ max: 4 }), fc.nat({ max: 5 }))
    .map((rest) => `${version}${rest.join('')}`);
  const numbers = Object.keys(layout.fields);
  const fields = fc
    .subarray(numbers, { maxLength: Math.min(fieldsAtMost, numbers.length) })
    .chain((chosen) =>
      fc.record(Object.fromEntries(chosen.map((number) => [number, valuesOf(layout.fields[number])]))),
    );
  return fc.record({ mti, fields }, { noNullPrototype: true });
}

function valuesOf(field: FieldLayout | undefined): fc.Arbitrary<string> {
  if (field === undefined) throw new Error('a field without a layout has no values');
  if (field.parts !== undefined) return valuesOfParts(field.parts, field.var !== undefined);
  if (field.tlv === true) return objects(field.len);
  const min = field.var === undefined ? field.len : 0;
  if (field.type === 'xn')
    return fc.tuple(fc.constantFrom('C', 'D'), text(digits, field.len - 1)).map((two) => two.join(''));
  if (field.type === 'b')
    return text(characters.b, 2 * min, 2 * field.len).map((hex) => hex.slice(0, hex.length & ~1));
  if (field.enc === 'gbk' || field.enc === 'utf8') return wide(field, min);
  return text(characters[field.type], min, field.len);
}

function text(among: string, min: number, max: number = min): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...among), minLength: min, maxLength: max, size: 'max' });
}

function valuesOfParts(parts: readonly PartLayout[], mayMiss: boolean): fc.Arbitrary<string> {
  const all = parts.map((part) => text(characters[part.type === 'xn' ? 'n' : part.type], part.len));
  return fc
    .tuple(fc.tuple(...all), fc.integer({ min: mayMiss ? 0 : parts.length, max: parts.length }))
    .map(([values, count]) => values.slice(0, count).join(''));
}

function objects(bytesMax: number): fc.Arbitrary<string> {
  const value = text(characters.b, 0, 300).map((hex) => hex.slice(0, hex.length & ~1));
  return fc.array(fc.record({ tag: fc.constantFrom(...tags), value }), { maxLength: 8 }).map((items) => {
    const fitting = [...items];
    while (writeTlv(fitting).length > 2 * bytesMax) fitting.pop();
    return writeTlv(fitting);
  });
}

/** Chinese and Latin mixed, cut and filled up to the bytes that the field takes. */
function wide(field: FieldLayout, min: number): fc.Arbitrary<string> {
  const bytesOf = (character: string) => {
    if (character <= '\x7f') return 1;
    return field.enc === 'gbk' ? 2 : Buffer.byteLength(character);
  };
  return fc.array(fc.constantFrom(...chinese, ...letters), { maxLength: field.len }).map((all) => {
    let bytes = 0;
    let taken = '';
    for (const character of all) {
      if (bytes + bytesOf(character) > field.len) break;
      bytes += bytesOf(character);
      taken += character;
    }
    return taken + ' '.repeat(Math.max(0, min - bytes));
  });
}
