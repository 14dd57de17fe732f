import { describe, expect, test } from 'vitest';
import {
  afterDebit,
  afterLoad,
  afterRefund,
  afterResumption,
  attemptsMax,
  debitLifeMs,
  isOpen,
  type OrderState,
  pauseMs,
} from './order.ts';

const young = { createdAtMs: 0, attempts: 1 };

describe('an order that was asked for', () => {
  test('is debited when the bank confirms it, and refused for the bank’s own reason', () => {
    expect(afterDebit({ status: 'done' }, young, 1)).toMatchObject({ from: 'requested', to: 'debited' });
    expect(afterDebit({ status: 'refused', reason: 'account-closed' }, young, 1)).toMatchObject({
      to: 'refused',
      reason: 'account-closed',
    });
  });

  test.for(['unknown', 'never-debited'] as const)(
    'is asked about again while the bank says %s, until its time is over: then it is taken back, never dropped',
    (status) => {
      expect(afterDebit({ status }, young, debitLifeMs)).toBeNull();
      expect(afterDebit({ status }, young, debitLifeMs + 1)).toMatchObject({
        to: 'returning',
        reason: 'bank-silent',
      });
      expect(afterDebit({ status }, { ...young, attempts: attemptsMax }, 1)).toMatchObject({
        to: 'returning',
      });
    },
  );
});

describe('an order that was debited', () => {
  test('is loaded by an entry, or goes back for the reason of the one path', () => {
    expect(afterLoad({ status: 'loaded', entryId: 7n }, 1)).toMatchObject({ to: 'loaded', entryId: 7n });
    expect(afterLoad({ status: 'refused', reason: 'card-closed' }, 1)).toMatchObject({
      from: 'debited',
      to: 'returning',
      reason: 'card-closed',
    });
  });

  test('is tried again while nothing is decided, and is for people after that: it never goes back undecided', () => {
    expect(afterLoad({ status: 'later' }, attemptsMax - 1)).toBeNull();
    expect(afterLoad({ status: 'later' }, attemptsMax)).toMatchObject({ to: 'failed' });
  });
});

describe('an order that goes back', () => {
  const silent = { reason: 'bank-silent', attempts: 1 };
  const refusedLoad = { reason: 'card-closed', attempts: 1 };

  test('is returned when the bank gave it back, and keeps its reason', () => {
    expect(afterRefund({ status: 'done' }, refusedLoad)).toMatchObject({
      to: 'returned',
      reason: 'card-closed',
    });
  });

  test('was never debited: right after silence, a contradiction after a debit that was confirmed', () => {
    expect(afterRefund({ status: 'never-debited' }, silent)).toMatchObject({ to: 'refused' });
    expect(afterRefund({ status: 'never-debited' }, refusedLoad)).toMatchObject({
      to: 'failed',
      reason: 'bank-contradicts',
    });
  });

  test('is for people when the bank refuses the refund, or stays silent for as long as we ask', () => {
    expect(afterRefund({ status: 'refused', reason: 'account-closed' }, refusedLoad)).toMatchObject({
      to: 'failed',
    });
    expect(afterRefund({ status: 'unknown' }, refusedLoad)).toBeNull();
    const tired = { attempts: attemptsMax };
    expect(afterRefund({ status: 'unknown' }, { ...refusedLoad, ...tired })).toMatchObject({
      to: 'failed',
      reason: 'refund-silent',
    });
    expect(afterRefund({ status: 'unknown' }, { ...silent, ...tired })).toMatchObject({
      reason: 'bank-silent',
    });
  });
});

test('an order that people take up again goes on where it stopped: never back while its load is undecided', () => {
  expect(afterResumption('load-undecided')).toMatchObject({ from: 'failed', to: 'debited' });
  for (const reason of ['refund-refused', 'refund-silent', 'bank-silent', 'bank-contradicts'])
    expect(afterResumption(reason)).toMatchObject({ to: 'returning', reason });
});

test('an order waits twice as long each time, up to an hour', () => {
  expect([0, 1, 2].map(pauseMs)).toEqual([2_000, 4_000, 8_000]);
  expect(pauseMs(attemptsMax)).toBe(3_600_000);
});

test('an order is open until money is loaded or back, or people have it', () => {
  const states: OrderState[] = [
    'requested',
    'debited',
    'loaded',
    'refused',
    'returning',
    'returned',
    'failed',
  ];
  expect(states.filter(isOpen)).toEqual(['requested', 'debited', 'returning']);
});
