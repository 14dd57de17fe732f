import { describe, expect, test } from 'vitest';
import { type CardStep, cardSteps, expiryOf, judgeStep, lifeRules, liftsAtMs } from './life.ts';
import { type CardStatus, type CardTerms, cardStatuses } from './status.ts';

const nowMs = Date.UTC(2026, 10, 22, 4);
const moment = { nowMs, today: '2026-11-22' };
const card = (status: CardStatus, over: Partial<CardTerms> = {}): CardTerms => ({
  status,
  expiresOn: '2036-12-31',
  liftsAtMs: null,
  ...over,
});

/** Every step by every status: where it leads, "same" for one that was taken before, or nothing: refused. */
const table: Record<CardStep, Partial<Record<CardStatus, CardStatus | 'same'>>> = {
  activate: { 'not-active': 'active', active: 'same' },
  'report-temporary-loss': { active: 'temporarily-lost', 'temporarily-lost': 'same' },
  'lift-temporary-loss': { 'temporarily-lost': 'active', active: 'same' },
  'report-loss': {
    active: 'lost',
    'not-active': 'lost',
    'temporarily-lost': 'lost',
    locked: 'lost',
    expired: 'lost',
    lost: 'same',
  },
  lock: { active: 'locked', 'temporarily-lost': 'locked', locked: 'same' },
  unlock: { locked: 'active', active: 'same' },
  replace: {
    active: 'replaced',
    'not-active': 'replaced',
    'temporarily-lost': 'replaced',
    lost: 'replaced',
    expired: 'replaced',
    replaced: 'same',
  },
  expire: { expired: 'same' },
  close: {
    active: 'closed',
    'not-active': 'closed',
    'temporarily-lost': 'closed',
    lost: 'closed',
    locked: 'closed',
    expired: 'closed',
    closed: 'same',
  },
};

describe("a card's life", () => {
  const pairs = cardSteps.flatMap((step) => cardStatuses.map((status) => [step, status] as const));
  test.each(pairs)('%s of a card that is %s', (step, status) => {
    const wanted = table[step][status];
    const verdict = judgeStep(step, card(status), moment);
    if (wanted === undefined) expect(verdict).toEqual({ kind: 'step-not-allowed', status });
    else if (wanted === 'same') expect(verdict).toEqual({ kind: 'repeated' });
    else expect(verdict).toEqual({ kind: 'taken', to: wanted });
  });

  test('ends with its closing or its replacement: no step leads out of them', () => {
    const leads = cardSteps.flatMap((step) => lifeRules[step].from);
    expect(leads).not.toContain('closed');
    expect(leads).not.toContain('replaced');
  });

  test('each step has a name of its own in the audit trail', () => {
    expect(new Set(cardSteps.map((step) => lifeRules[step].act)).size).toBe(cardSteps.length);
  });
});

describe('a step meets what the card is, not what its row still says', () => {
  const over = card('temporarily-lost', { liftsAtMs: nowMs });
  const lasting = card('temporarily-lost', { liftsAtMs: nowMs + 1 });

  test('a loss that is over is reported anew, and one that lasts is the same', () => {
    expect(judgeStep('report-temporary-loss', over, moment)).toEqual({
      kind: 'taken',
      to: 'temporarily-lost',
    });
    expect(judgeStep('report-temporary-loss', lasting, moment)).toEqual({ kind: 'repeated' });
  });

  test('lifting a loss that is over changes nothing', () => {
    expect(judgeStep('lift-temporary-loss', over, moment)).toEqual({ kind: 'repeated' });
  });

  test.each(['active', 'not-active'] as const)(
    'a card whose last day is over expires, though its row says %s',
    (status) => {
      const past = card(status, { expiresOn: '2026-11-21' });
      expect(judgeStep('expire', past, moment)).toEqual({ kind: 'taken', to: 'expired' });
      expect(judgeStep('activate', past, moment)).toEqual({ kind: 'step-not-allowed', status: 'expired' });
      expect(judgeStep('expire', card(status, { expiresOn: '2026-11-22' }), moment)).toEqual({
        kind: 'step-not-allowed',
        status,
      });
    },
  );
});

test('a temporary loss lasts the days of its product, to the millisecond', () => {
  expect(liftsAtMs(nowMs, 7) - nowMs).toBe(7 * 24 * 3_600_000);
});

test.each([
  ['2026-11-25', 10, '2036-11-25'],
  ['2028-02-29', 10, '2038-02-28'],
  ['2028-02-29', 8, '2036-02-29'],
  ['2080-02-29', 20, '2100-02-28'],
  ['2080-02-29', 320, '2400-02-29'],
  ['2026-02-28', 2, '2028-02-28'],
])('a card that is issued on %s for %i years is good until %s', (today, years, until) => {
  expect(expiryOf(today, years)).toBe(until);
});
