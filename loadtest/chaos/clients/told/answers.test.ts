import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callerKey } from '#idempotency/rules/keys.ts';
import { type Answers, openAnswers } from './answers.ts';
import type { OutcomeRow } from './booked.ts';
import { keyOf, type Page } from './page.ts';

const purses = [{ purse: 'online', amount: -100, balance: 900 }];
const page: Page = {
  sent: {
    ...{ kind: 'payment', card: 7, sector: 'shops', traceNumber: 5, localTime: '2026-11-26T10:00:00' },
    ...{ amountFen: 100, original: null, final: false, signer: { terminalId: 1_000_011, key: '' } },
    what: { path: '/v1/transactions', idempotencyKey: 'payment-5', body: {} },
  },
  final: { transactionId: '1000007-42', refusal: null, businessDate: '2026-11-27', amount: 100, purses },
  ...{ startedAtMs: 0, attempts: 1, acknowledgements: 1, waitedMs: 3 },
};
const row: OutcomeRow = {
  ...{ callerKey: callerKey('1000011', 'payment-5'), id: '42', amountFen: '100', refusal: null },
  ...{ kind: 1, businessDate: '2026-11-27', entries: 1 },
};
const key = keyOf(page);

describe('what was told of a request', () => {
  let folder = '';
  let answers: Answers;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'one-card-told-'));
    answers = openAnswers(join(folder, 'told.txt'));
  });
  afterEach(() => {
    answers.close();
    rmSync(folder, { recursive: true });
  });

  test('is the same as its row in the books, and a second row of it is one too many', () => {
    expect(answers.add(page)).toEqual([]);
    expect(answers.missing()).toEqual([key]);
    expect(answers.compare(key, row, purses)).toBe('same');
    expect(answers.missing()).toEqual([]);
    expect(answers.compare(key, row, purses)).toBe('doubled');
  });

  test.for<[string, Partial<OutcomeRow>]>([
    ['id', { id: '43' }],
    ['refusal', { refusal: 'card-lost' }],
    ['caller key', { callerKey: null }],
    ['amount', { amountFen: '101' }],
    ['business date', { businessDate: '2026-11-26' }],
    ['count of entries', { entries: 2 }],
  ])('is not the same as a row with another %s', ([, other]) => {
    answers.add(page);
    expect(answers.compare(key, { ...row, ...other }, purses)).toBe('other');
  });

  test('is not the same where another amount moved or the balance is another', () => {
    answers.add(page);
    expect(answers.compare(key, row, [{ purse: 'online', amount: -100, balance: 901 }])).toBe('other');
  });

  test('is known in words of every key, and a row that nobody sent is known for that', () => {
    answers.add(page);
    const other = { ...page, sent: { ...page.sent, traceNumber: 6 } };
    answers.add(other);
    expect(answers.compare('00000000-0000-0000-0000-000000000000', row, purses)).toBe('never sent');
    const words = answers.words(new Set([keyOf(other)]));
    expect([...words.keys()]).toEqual([keyOf(other)]);
    expect(words.get(keyOf(other))).toContain('payment id "42", refusal null');
  });

  test('is a problem where no answer came, or that of another card', () => {
    expect(answers.add({ ...page, final: null })).toEqual(['payment payment-5: never answered']);
    expect(answers.add({ ...page, sent: { ...page.sent, card: 8 } })).toEqual([
      'payment payment-5: answered of card account 1000007, not 1000008',
    ]);
  });
});
