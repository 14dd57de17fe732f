import { faultOfLayout, type LayoutFault } from './check-layout.ts';
import type { MessageLayout, PartLayout } from './layout.ts';

type Json = Readonly<Record<string, unknown>>;
/** What a word of a layout may be: one of a few texts or numbers, a number, a text, a truth value, or read apart. */
type Word = readonly (string | number)[] | 'number' | 'text' | 'boolean' | 'apart';
type Words = Readonly<Record<string, { readonly is: Word; readonly needed?: true }>>;

const encodings = [
  ...['ascii', 'bcd', 'binary', 'hex-ascii', 'ebcdic037', 'ebcdic1047', 'gbk', 'utf8'],
  'char-sign+bcd',
];
const types = ['n', 'a', 'an', 'ans', 'z', 'b', 'xn'];

const wordsOfMessage: Words = {
  name: { is: 'text', needed: true },
  mti: { is: ['ascii', 'bcd', 'ebcdic037', 'ebcdic1047'], needed: true },
  bitmap: { is: ['binary', 'hex-ascii', 'hex-ebcdic'], needed: true },
  version: { is: [0, 1] },
  fields: { is: 'apart', needed: true },
};
const wordsOfField: Words = {
  type: { is: types, needed: true },
  len: { is: 'number', needed: true },
  enc: { is: encodings, needed: true },
  var: { is: [2, 3] },
  lenEnc: { is: encodings },
  pad: { is: ['left', 'right'] },
  padNibble: { is: ['0', 'F'] },
  parts: { is: 'apart' },
  tlv: { is: 'boolean' },
};
const wordsOfPart: Words = {
  name: { is: 'text', needed: true },
  type: { is: types, needed: true },
  len: { is: 'number', needed: true },
};
const partsMax = 64;

/** The layout that a file says, or what is wrong with it, in one sentence. Nothing that is not understood is passed over. */
export function readLayout(json: unknown): MessageLayout | LayoutFault {
  const fault = faultOfJson(json);
  if (fault !== null) return { fault };
  const layout = json as MessageLayout;
  return faultOfLayout(layout) ?? layout;
}

export function isLayoutFault(read: MessageLayout | LayoutFault): read is LayoutFault {
  return 'fault' in read;
}

function faultOfJson(json: unknown): string | null {
  if (!isRecord(json)) return 'A layout is an object.';
  const fault = faultOfWords(json, wordsOfMessage, 'The layout');
  if (fault !== null) return fault;
  const { fields } = json;
  if (!isRecord(fields)) return 'The layout: fields is an object of fields by their numbers.';
  return firstFault(Object.entries(fields), ([number, field]) => faultOfField(number, field));
}

function faultOfField(number: string, field: unknown): string | null {
  const where = `Field ${number.slice(0, 20)}`;
  if (!isRecord(field)) return `${where} is not an object.`;
  const fault = faultOfWords(field, wordsOfField, where);
  if (fault !== null || field['parts'] === undefined) return fault;
  const { parts } = field as { parts: unknown };
  if (!Array.isArray(parts) || parts.length > partsMax)
    return `${where}: parts is a list of at most ${partsMax}.`;
  return (
    firstFault([...parts.entries()], ([at, part]) => faultOfPart(part, `${where}, part ${at + 1}`)) ??
    faultOfNames(parts, where)
  );
}

function faultOfPart(part: unknown, where: string): string | null {
  return isRecord(part) ? faultOfWords(part, wordsOfPart, where) : `${where} is not an object.`;
}

function faultOfNames(parts: readonly PartLayout[], where: string): string | null {
  const names = new Set(parts.map((part) => part.name));
  return names.size === parts.length ? null : `${where}: two parts have the same name.`;
}

function faultOfWords(json: Json, words: Words, where: string): string | null {
  const unknown = Object.keys(json).find((word) => !Object.hasOwn(words, word));
  if (unknown !== undefined) return `${where}: "${unknown.slice(0, 20)}" is no word of a layout.`;
  return firstFault(Object.entries(words), ([word, { is, needed }]) => {
    const value = json[word];
    if (value === undefined) return needed === true ? `${where}: ${word} is missing.` : null;
    return isWord(value, is) ? null : `${where}: ${word} is not ${meaningOf(is)}.`;
  });
}

function isWord(value: unknown, is: Word): boolean {
  if (is === 'apart') return true;
  if (is === 'number') return Number.isInteger(value);
  if (is === 'boolean') return typeof value === 'boolean';
  if (is === 'text') return typeof value === 'string' && /^[\w-]{1,40}$/.test(value);
  return is.some((one) => one === value);
}

function meaningOf(is: Word): string {
  if (is === 'number') return 'a whole number';
  if (is === 'boolean') return 'true or false';
  if (typeof is === 'string') return 'a name of letters, digits and hyphens';
  return `one of ${is.join(', ')}`;
}

function firstFault<T>(among: readonly T[], faultOf: (one: T) => string | null): string | null {
  for (const one of among) {
    const fault = faultOf(one);
    if (fault !== null) return fault;
  }
  return null;
}

function isRecord(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
