import { describe, expect, test } from 'vitest';
import { type CardTerms, cardStatuses, refuseCard, statusAt } from './status.ts';

const noonMs = Date.UTC(2026, 10, 22, 4);
const noon = { nowMs: noonMs, today: '2026-11-22' };
const card = (over: Partial<CardTerms> = {}): CardTerms => ({
  status: 'active',
  expiresOn: '2036-12-31',
  liftsAtMs: null,
  ...over,
});

describe('a card that wants to pay', () => {
  test.for([
    ['active', '2026-11-23', null],
    ['active', '2026-11-22', null],
    ['active', '2026-11-21', 'card-expired'],
    ['not-active', '2036-12-31', 'card-not-active'],
    ['not-active', '2026-11-21', 'card-not-active'],
    ['temporarily-lost', '2036-12-31', 'card-temporarily-lost'],
    ['lost', '2036-12-31', 'card-lost'],
    ['locked', '2036-12-31', 'card-locked'],
    ['replaced', '2036-12-31', 'card-replaced'],
    ['expired', '2036-12-31', 'card-expired'],
    ['closed', '2036-12-31', 'card-closed'],
  ] as const)(
    'one that is %s and good until %s is answered %s on 2026-11-22',
    ([status, expiresOn, refusal]) => {
      expect(refuseCard(card({ status, expiresOn }), noon)).toBe(refusal);
    },
  );

  test('its status says more than its date: a lost card is lost, also when it has expired', () => {
    expect(refuseCard(card({ status: 'lost', expiresOn: '2020-01-01' }), noon)).toBe('card-lost');
  });

  test('each status but one refuses, and each with its own code', () => {
    const codes = cardStatuses.map((status) => refuseCard(card({ status }), noon));
    expect(new Set(codes).size).toBe(cardStatuses.length);
    expect(codes.filter((code) => code === null)).toHaveLength(1);
  });
});

describe('a temporary loss', () => {
  const lost = (liftsAtMs: number | null, expiresOn = '2036-12-31') =>
    card({ status: 'temporarily-lost', liftsAtMs, expiresOn });

  test.each([
    [1, 'card-temporarily-lost'],
    [0, null],
    [-1, null],
  ])('that ends %i ms from now is answered %s: it counts to its last millisecond', (ms, refusal) => {
    expect(refuseCard(lost(noonMs + ms), noon)).toBe(refusal);
  });

  test('that has no end is lifted by a person', () => {
    expect(refuseCard(lost(null), noon)).toBe('card-temporarily-lost');
  });

  test('that is over leaves a card that may have expired meanwhile', () => {
    expect(refuseCard(lost(noonMs, '2026-11-21'), noon)).toBe('card-expired');
    expect(statusAt(lost(noonMs, '2026-11-21'), noon)).toBe('expired');
  });

  test('is the only status that a moment ends', () => {
    for (const status of cardStatuses) {
      const at = statusAt(card({ status, liftsAtMs: noonMs - 1 }), noon);
      expect(at).toBe(status === 'temporarily-lost' ? 'active' : status);
    }
  });
});

describe('a card on the day after its last', () => {
  test.each(cardStatuses)('that was %s has expired only if it was good or waiting', (status) => {
    const at = statusAt(card({ status, expiresOn: '2026-11-21' }), noon);
    expect(at).toBe(status === 'active' || status === 'not-active' ? 'expired' : status);
  });
});
