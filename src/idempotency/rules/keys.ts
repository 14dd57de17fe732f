import { hash } from 'node:crypto';
import { dayNumber } from '#platform/calendar.ts';

/** Packed keys are 16 bytes written as a uuid: short in the index, and next to each other for one terminal. */
export type PackedKey = string;

/** The message classes that may carry the same terminal, batch, trace and date without being the same. */
const classes = { original: 1, reversal: 2, named: 3, namedReversal: 4 } as const;

/** What names a transaction in the trade: who sent it, in which batch, under which trace number, on which day. */
export interface TraceKey {
  /** 1 to 99,999,999. */
  readonly terminalId: number;
  /** 1 to 999,999. */
  readonly batchNumber: number;
  /** 0 to 999,999: the system trace audit number of ISO 8583 field 11. */
  readonly traceNumber: number;
  /** The terminal's local date, "2026-11-22". */
  readonly localDate: string;
}

/** The business key: class 1 byte, terminal 4, day 2, batch 3, trace 3, and 3 bytes kept zero. */
export function businessKey(trace: TraceKey): PackedKey {
  return pack(classes.original, trace);
}

/** A reversal names its original, so there is one reversal per original, however often it is sent. */
export function reversalKey(original: TraceKey): PackedKey {
  return pack(classes.reversal, original);
}

/** The batch number that a terminal's key was made of. */
export function batchNumberOf(key: PackedKey): number {
  return Number.parseInt(key.replaceAll('-', '').slice(14, 20), 16);
}

/** The trace number that a terminal's key was made of. */
export function traceNumberOf(key: PackedKey): number {
  return Number.parseInt(key.replaceAll('-', '').slice(20, 26), 16);
}

/**
 * The first and the last business key that originals of one terminal, day and batch may have, as PostgreSQL computes
 * them of expressions: they lie next to each other, so this is one range of the index.
 */
export function batchKeysSql(of: {
  readonly terminal: string;
  readonly day: string;
  readonly batch: string;
}): {
  readonly first: string;
  readonly last: string;
} {
  const place = (value: string, bytes: number) => `lpad(to_hex(${value}), ${bytes * 2}, '0')`;
  const day = place(`(${of.day})::date - date '${dayZeroText}'`, 2);
  const start = `'${hex(classes.original, 1)}' || ${place(of.terminal, 4)} || ${day} || ${place(of.batch, 3)}`;
  return {
    first: `(${start} || '${'0'.repeat(12)}')::uuid`,
    last: `(${start} || '${'f'.repeat(12)}')::uuid`,
  };
}

/** The key of the one reversal of an original, as PostgreSQL computes it of the original's key. */
export function reversalKeySql(key: string): string {
  return `('${hex(classes.reversal, 1)}' || substr(${key}::text, 3))::uuid`;
}

/**
 * The business key of what is named by a text of its own and not by a terminal's trace: a line of a subsidy file,
 * an order of ours, a message of a hospital. `scope` says whose names they are ("medical 400001").
 */
export function namedKey(scope: string, name: string): PackedKey {
  return digestKey(classes.named, scope, name);
}

/** `namedKey` as PostgreSQL computes it, of two expressions: for proofs that go over whole tables at once. */
export function namedKeySql(scope: string, name: string): string {
  const digest = `encode(sha256(convert_to(${scope} || chr(10) || ${name}, 'UTF8')), 'hex')`;
  return `('${hex(classes.named, 1)}' || left(${digest}, 30))::uuid`;
}

/** Whether a key is that of something with a name of its own, or of the reversal of it: no trace of a terminal. */
export function isNamed(key: PackedKey): boolean {
  return key.startsWith(hex(classes.named, 1)) || key.startsWith(hex(classes.namedReversal, 1));
}

/** Whether a key is one of `namedKey`, as PostgreSQL sees it. */
export function isNamedKeySql(key: string): string {
  return `left(${key}::text, 2) = '${hex(classes.named, 1)}'`;
}

/** The key of the one reversal of what has that name. */
export function namedReversalKey(scope: string, name: string): PackedKey {
  return digestKey(classes.namedReversal, scope, name);
}

function digestKey(messageClass: number, scope: string, name: string): PackedKey {
  return asUuid(hex(messageClass, 1) + hash('sha256', `${scope}\n${name}`, 'hex').slice(0, 30));
}

/** The caller's key within its client: two clients may use the same key. Only the digest is kept. */
export function callerKey(clientId: string, key: string): PackedKey {
  const digest = hash('sha256', `${clientId}\n${key}`, 'hex');
  return asUuid(digest.slice(0, 32));
}

const dayZeroText = '2000-01-01';
const dayZero = dayNumber(dayZeroText);

function pack(messageClass: number, trace: TraceKey): PackedKey {
  const day = dayNumber(trace.localDate) - dayZero;
  if (!Number.isInteger(day) || day < 0 || day > 0xffff)
    throw new RangeError('a local date outside 2000 to 2179');
  const digits =
    hex(messageClass, 1) +
    hex(trace.terminalId, 4) +
    hex(day, 2) +
    hex(trace.batchNumber, 3) +
    hex(trace.traceNumber, 3);
  return asUuid(`${digits}000000`);
}

function hex(value: number, bytes: number): string {
  const text = value.toString(16);
  if (text.length > bytes * 2 || value < 0)
    throw new RangeError('a number too large for its place in the key');
  return text.padStart(bytes * 2, '0');
}

function asUuid(digits: string): PackedKey {
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}
