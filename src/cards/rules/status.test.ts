import { describe, expect, test } from 'vitest';
import { cardStatuses, refuseCard } from './status.ts';

describe('a card that wants to pay', () => {
  test.for([
    ['active', '2026-11-23', null],
    ['active', '2026-11-22', null],
    ['active', '2026-11-21', 'card-expired'],
    ['not-active', '2036-12-31', 'card-not-active'],
    ['lost', '2036-12-31', 'card-lost'],
    ['locked', '2036-12-31', 'card-locked'],
    ['closed', '2036-12-31', 'card-closed'],
  ] as const)(
    'one that is %s and good until %s is answered %s on 2026-11-22',
    ([status, expiresOn, refusal]) => {
      expect(refuseCard({ status, expiresOn }, '2026-11-22')).toBe(refusal);
    },
  );

  test('its status says more than its date: a lost card is lost, also when it has expired', () => {
    expect(refuseCard({ status: 'lost', expiresOn: '2020-01-01' }, '2026-11-22')).toBe('card-lost');
  });

  test('each status but one refuses, and each with its own code', () => {
    const codes = cardStatuses.map((status) => refuseCard({ status, expiresOn: '2036-12-31' }, '2026-11-22'));
    expect(new Set(codes).size).toBe(cardStatuses.length);
    expect(codes.filter((code) => code === null)).toHaveLength(1);
  });
});
