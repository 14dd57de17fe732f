import { expect, test } from 'vitest';
import { kindCodes } from '#clearing/request.ts';
import { dayClosedEvent, eventTypes, testEvent, transactionEvent } from './event.ts';
import type { OwnTransaction } from './own-transaction.ts';

const own = (kind: number): OwnTransaction => ({
  ...{ id: 1n << 40n, cardAccountId: 1_000_001n, originalId: null, kind, sector: 1, terminalId: 1 },
  ...{ businessDate: '2026-11-22', localTime: null, cardTail: null, askedFen: 5n, movedFen: 5n },
});

test('each kind of entry is told as its own kind of event', () => {
  const types = Object.entries(kindCodes).map(([kind, code]) => [kind, transactionEvent(own(code)).type]);
  expect(Object.fromEntries(types)).toEqual({
    payment: 'transaction.booked',
    load: 'transaction.booked',
    capture: 'transaction.booked',
    authorise: 'transaction.authorised',
    void: 'transaction.voided',
    refund: 'transaction.returned',
    compensation: 'transaction.returned',
    reversal: 'transaction.reversed',
  });
});

test('a payload has a type, a time and data, as Standard Webhooks asks, and its source names the event', () => {
  const event = transactionEvent(own(kindCodes.payment));
  expect([event.source, event.sourceId]).toEqual(['entry', 1n << 40n]);
  const payload = JSON.parse(event.payload);
  expect(Object.keys(payload)).toEqual(['type', 'timestamp', 'data']);
  expect(payload).toMatchObject({ type: 'transaction.booked', data: { amount: 5 } });
  expect(new Date(payload.timestamp).toISOString()).toBe(payload.timestamp);
});

test('a closed day says what it comes to, and its seal', () => {
  const event = dayClosedEvent({
    businessDate: '2026-11-22',
    dayNumber: 20_779,
    closedAtMs: Date.UTC(2026, 10, 23),
    sealHex: 'ab',
    creditFen: 500n,
    debitFen: 700n,
    creditCount: 2,
    debitCount: 1,
  });
  expect([event.source, event.sourceId]).toEqual(['day', 20_779n]);
  expect(JSON.parse(event.payload).data).toEqual({
    businessDate: '2026-11-22',
    credit: 500,
    creditCount: 2,
    debit: 700,
    debitCount: 1,
    net: -200,
    currency: 'CNY',
    seal: 'ab',
  });
});

test('a test says which endpoint it is for', () => {
  const event = testEvent(0, 5n, 77n);
  expect([event.source, event.sourceId, event.type]).toEqual(['test', 77n, 'endpoint.test']);
  expect(JSON.parse(event.payload)).toEqual({
    type: 'endpoint.test',
    timestamp: '1970-01-01T00:00:00.000Z',
    data: { endpointId: '5' },
  });
});

test('every type is in the list that partners are shown', () => {
  expect(new Set(eventTypes).size).toBe(7);
  for (const type of eventTypes) expect(type).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+$/);
});
