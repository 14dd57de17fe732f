import { dayNumber } from '#platform/calendar.ts';
import { isRequestId } from './request-id.ts';

/** What stands where something was taken out. */
const masked = '[masked]';
const textLengthMax = 8192;
const depthMax = 5;
const itemsMax = 50;
/** Our own numbers are far shorter than a card number, whose shortest has 13 digits. */
const ownNumberLimit = 1e12;

/** Digits of any script; between two of them may stand what people and programs write between digits. */
const between = '[\\p{Zs}\\p{Pd}\\p{Cf}\\t\\n\\r._,/*]{0,3}';
const digits = (least: number) => new RegExp(`\\p{L}?\\p{Nd}(?:${between}\\p{Nd}){${least - 1},}[Xx]?`, 'gu');
const digitRun = digits(8);
/** Days that the books can have, since 2025: an earlier one may be somebody's birthday, out of which people make passwords. */
const datePattern = /^20(?:2[5-9]|[3-9]\d)-\d\d-\d\d$/;
/** Six digits are a password or a PIN where a person wrote them. */
const writtenDigits = digits(6);
/** A key, a PIN block or a MAC: 8 bytes or more in hexadecimal, in one piece or byte by byte. */
const hexRun = /(?:[0-9a-f]{2}[ :-]?){8,}[0-9a-f]?/gi;
/** What may be a token or a key in base64 or base32, as long as one of 15 bytes. */
const letterRun = /[A-Za-z0-9+/_-]{20,}={0,2}/g;
/** Of random letters more than half are capitals or digits; of a path or a name in a program few are. */
const randomShare = 0.3;
const secretNames =
  'pass(?:word|wd|phrase)?|pwd|pin|key|secret|token|auth(?:orization)?|cookie|cv[vn]2?|track[123]?|pan';
const namedSecret = new RegExp(
  `((?:${secretNames})["'\\]]?\\s*[:=]\\s*["'(\\[]?)(?:bearer |basic )?[^\\s"',;&)\\]}]+`,
  'gi',
);
const bearer = /\b(?:bearer|basic)\s+\S+/gi;
const userInfo = /:\/\/[^/\s@]*@/g;
const tail = /[\p{L}\p{Nd}\p{Zs}\p{Pd}\p{Cf}\t\n\r._,/*:]{0,80}$/u;

const secretWord = new RegExp(`^(?:${secretNames})$`, 'i');
const secretEnding = /(?:password|secret|token|key|pin|pan)s?$/i;

/** An address of IPv4 has too few digits for a card number. */
const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const address = new RegExp(`^(?:::ffff:)?${octet}(?:\\.${octet}){3}$`);
/** Fields whose texts stand as they are, where they have the one shape that they should have. */
const ownTexts = new Map<string, (text: string) => boolean>([
  ['businessDate', (text) => /^\d{4}-\d\d-\d\d$/.test(text)],
  ['remoteAddress', (text) => address.test(text)],
  ['requestId', isRequestId],
]);
/** Fields whose numbers are our own. A card number is a string everywhere, so a bigint id is never one. */
const ownFields = new Set([
  'transactionId',
  'terminalId',
  'lane',
  'group',
  'durationMs',
  'port',
  'status',
  'code',
  'pid',
]);

/**
 * The text without anything that could be a card or ID number, key material, or the value of a named secret.
 * It rather takes out too much: eight digits in a row are a card number here.
 */
export function maskText(text: string): string {
  return maskAll(text, (run) => run.replace(digitRun, masked));
}

function maskAll(text: string, maskDigits: (text: string) => string): string {
  const cut = text.length > textLengthMax;
  const read = cut ? text.slice(0, textLengthMax) : text;
  const named = read
    .replace(userInfo, `://${masked}@`)
    .replace(namedSecret, `$1${masked}`)
    .replace(bearer, masked)
    .replace(letterRun, (run) => (isRandom(run) ? masked : run));
  const clean = maskDigits(named).replace(hexRun, masked);
  // The cut may have gone through a number: what is left of it is too short to be recognised.
  return cut ? `${clean.replace(tail, '')}…` : clean;
}

/**
 * What is written beside an act, as it may be kept: without passwords and PINs of six digits, too. A day of the books stays
 * to be read, where it is one, written `2026-11-23`, and stands alone; with any digit more, before or behind it, it goes.
 */
export function maskWritten(text: string): string {
  const maskDigits = (pattern: RegExp) => (read: string) =>
    read.replace(pattern, (run, offset: number) => (isLoneDate(run, offset, read) ? run : masked));
  return maskDigits(writtenDigits)(maskAll(text, maskDigits(digitRun)));
}

function isLoneDate(run: string, offset: number, text: string): boolean {
  if (!datePattern.test(run) || Number.isNaN(dayNumber(run))) return false;
  const before = text.slice(0, offset);
  return /(?:^|[=\s(（：])$/.test(before) && /^(?:$|[&\s),.;），。；])/.test(text.slice(offset + run.length));
}

function isRandom(run: string): boolean {
  const marks = run.match(/[A-Z0-9]/g)?.length ?? 0;
  // The name of a constant has capitals only; base32 has digits and no underscore.
  const isConstant = !/[a-z]/.test(run) && (run.includes('_') || !/\d/.test(run));
  return !isConstant && marks >= run.length * randomShare;
}

/** The fields as they may be logged: plain, bounded in depth and length, every text masked. */
export function maskFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return maskRecord(fields, 0);
}

function maskRecord(fields: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  const entries = Object.entries(fields).slice(0, itemsMax);
  return Object.fromEntries(entries.map(([name, value]) => [maskText(name), maskField(name, value, depth)]));
}

function maskField(name: string, value: unknown, depth: number): unknown {
  if (isSecretName(name)) return masked;
  if (typeof value === 'string' && ownTexts.get(name)?.(value)) return value;
  if (ownFields.has(name)) {
    if (typeof value === 'bigint' && name === 'transactionId') return String(value);
    if (typeof value === 'number' && Math.abs(value) < ownNumberLimit) return value;
  }
  return maskValue(value, depth);
}

function maskValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'number') return maskNumber(value);
  if (typeof value === 'bigint') return maskText(String(value));
  if (typeof value === 'boolean' || value === null || value === undefined) return value;
  if (typeof value !== 'object') return `[${typeof value}]`;
  if (depth >= depthMax) return '[deep]';
  if (value instanceof Error) return maskError(value, depth);
  if (Array.isArray(value)) return value.slice(0, itemsMax).map((item) => maskValue(item, depth + 1));
  // Bytes, dates, maps and the like may print in ways we do not foresee: only their kind is said.
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `[${kindOf(value)}]`;
  return maskRecord(value as Record<string, unknown>, depth + 1);
}

function maskNumber(value: number): unknown {
  const text = String(value);
  return maskText(text) === text ? value : masked;
}

/** Only what every error has: other properties (a driver's `detail`, a request's body) may hold anything. */
function maskError(error: Error, depth: number): Record<string, unknown> {
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    name: maskText(String(error.name)),
    message: maskText(String(error.message)),
    stack: maskText(String(error.stack ?? '')),
    ...(typeof code === 'string' ? { code: maskText(code) } : {}),
    ...(error.cause === undefined ? {} : { cause: maskValue(error.cause, depth + 1) }),
  };
}

function kindOf(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' ? maskText(name) : 'object';
}

/** `masterKey`, `pin_block`, `X-Api-Key`, `newpassword`: names that hold a secret's word. */
function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^A-Za-z0-9]+/);
  return words.some((word) => secretWord.test(word)) || secretEnding.test(name);
}
