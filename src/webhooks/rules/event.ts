import type { Kind } from '#clearing/request.ts';
import { kindOfCode } from '#clearing/request.ts';
import { fenToJson } from '#money/fen.ts';
import { isoTime } from '#platform/calendar.ts';
import { idTimeMs } from '#platform/ids.ts';
import { type OwnTransaction, ownTransactionJson } from './own-transaction.ts';

/** What a participant can be told of. */
export const eventTypes = [
  'transaction.booked',
  'transaction.authorised',
  'transaction.voided',
  'transaction.returned',
  'transaction.reversed',
  'business-day.closed',
  'endpoint.test',
] as const;
type EventType = (typeof eventTypes)[number];

/** Every kind of entry is told as something, or this does not compile. */
const typeOfKind: Readonly<Record<Kind, EventType>> = {
  payment: 'transaction.booked',
  load: 'transaction.booked',
  capture: 'transaction.booked',
  authorise: 'transaction.authorised',
  void: 'transaction.voided',
  refund: 'transaction.returned',
  compensation: 'transaction.returned',
  reversal: 'transaction.reversed',
};

/** An event, ready to be written for an endpoint. */
export interface Event {
  readonly source: 'entry' | 'day' | 'test';
  /** With the source it names the event: nothing is told twice to an endpoint. */
  readonly sourceId: bigint;
  readonly type: EventType;
  readonly payload: string;
}

/** A payload that is larger is none: Standard Webhooks asks for less than 20 kB. */
const payloadBytesMax = 20_000;

export function transactionEvent(own: OwnTransaction): Event {
  const type = typeOfKind[kindOfCode(own.kind)];
  const payload = payloadOf(type, idTimeMs(own.id), ownTransactionJson(own));
  return { source: 'entry', sourceId: own.id, type, payload };
}

/** A day that was closed and sealed, with what it comes to for one participant. */
export interface ClosedDay {
  readonly businessDate: string;
  /** Days since 1970. */
  readonly dayNumber: number;
  readonly closedAtMs: number;
  readonly sealHex: string;
  readonly creditFen: bigint;
  readonly debitFen: bigint;
  readonly creditCount: number;
  readonly debitCount: number;
}

export function dayClosedEvent(day: ClosedDay): Event {
  const data = {
    businessDate: day.businessDate,
    credit: fenToJson(day.creditFen),
    creditCount: day.creditCount,
    debit: fenToJson(day.debitFen),
    debitCount: day.debitCount,
    net: fenToJson(day.creditFen - day.debitFen),
    currency: 'CNY',
    seal: day.sealHex,
  };
  const payload = payloadOf('business-day.closed', day.closedAtMs, data);
  return { source: 'day', sourceId: BigInt(day.dayNumber), type: 'business-day.closed', payload };
}

export function testEvent(nowMs: number, endpointId: bigint, sourceId: bigint): Event {
  const payload = payloadOf('endpoint.test', nowMs, { endpointId: String(endpointId) });
  return { source: 'test', sourceId, type: 'endpoint.test', payload };
}

function payloadOf(type: EventType, atMs: number, data: object): string {
  const payload = JSON.stringify({ type, timestamp: isoTime(atMs), data });
  if (Buffer.byteLength(payload) > payloadBytesMax) throw new RangeError('an event is a few lines');
  return payload;
}
