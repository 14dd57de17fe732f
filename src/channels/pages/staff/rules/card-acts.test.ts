import { describe, expect, test } from 'vitest';
import { cardStatuses } from '#cards/rules/status.ts';
import { actsFor, isCardAct, isCounterAct, statusAfter, stillFits } from './card-acts.ts';

describe('what may be done to a card', () => {
  test('is what the table of its life allows', () => {
    expect(actsFor('active')).toEqual(['report-temporary-loss', 'report-loss', 'lock', 'replace', 'close']);
    expect(actsFor('locked')).toEqual(['report-loss', 'unlock', 'close']);
    expect(actsFor('not-active')).toEqual(['activate', 'report-loss', 'replace', 'close']);
    expect(actsFor('closed')).toEqual([]);
    expect(actsFor('replaced')).toEqual([]);
  });

  test('never leads to what the card already is', () => {
    for (const status of cardStatuses)
      for (const act of actsFor(status)) expect(statusAfter(act)).not.toBe(status);
  });

  test('goes on where nothing changed meanwhile, or where it was done a moment ago', () => {
    expect(stillFits('lock', 'active', 'active')).toBe(true);
    expect(stillFits('lock', 'active', 'locked')).toBe(true);
    expect(stillFits('lock', 'active', 'temporarily-lost')).toBe(false);
    expect(stillFits('close', 'active', 'lost')).toBe(false);
  });

  test('an expiry is nobody’s to do', () => {
    expect(isCardAct('expire')).toBe(false);
    expect(isCardAct('lock')).toBe(true);
    expect(isCounterAct('lock')).toBe(false);
    expect(isCounterAct('release-pin')).toBe(true);
  });
});
