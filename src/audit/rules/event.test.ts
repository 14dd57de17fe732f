import { describe, expect, test } from 'vitest';
import { assertEvent, systemActor } from './event.ts';

const event = (act: string, subject: string) => ({ actor: systemActor, act, subject, reason: '' });

describe('an audit event', () => {
  test.each([
    ['card-activated', 'card 1000001'],
    ['card-looked-at', 'card-account 1000001'],
    ['day-closed', 'day 2026-11-22'],
    ['subsidy-batch-approved', 'batch 12/2026-11'],
  ])('"%s" of "%s" is one', (act, subject) => {
    expect(() => assertEvent(event(act, subject))).not.toThrow();
  });

  test.each([
    ['activated', 'card 1000001'],
    ['Card-activated', 'card 1000001'],
    ['card-activated', '1000001'],
    ['card-activated', 'card 1000001 and more'],
    ['card-activated', ''],
  ])('"%s" of "%s" is none: names and our own ids only', (act, subject) => {
    expect(() => assertEvent(event(act, subject))).toThrow(RangeError);
  });
});
