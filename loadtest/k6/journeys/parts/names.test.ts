import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { utilities } from '#demo/utilities.ts';
import { terminalKeyOf } from '#loadtest/bench/http/signed-request.ts';
import { cardNumber, cardRef, merchantTerminal } from '#testing/town.ts';
import * as names from './names.ts';

test('k6, which can import nothing of ours, names and signs as the town does', () => {
  for (const n of [0, 1, 7_999, 99_999]) {
    expect(names.cardNumber(n)).toBe(cardNumber(n));
    expect(names.cardAccountId(n)).toBe(String(cardRef(n).cardAccountId));
    expect(names.shopTerminal(n)).toBe(merchantTerminal(n));
    const key = createHash('sha256')
      .update(names.terminalKeyText(names.gateTerminal(n)))
      .digest();
    expect(key).toEqual(terminalKeyOf(names.gateTerminal(n)));
  }
  expect(names.utilityIds).toEqual(utilities.map(({ id }) => id));
});
