import { expect, test } from 'vitest';
import type { Outcome } from '#clearing/outcome.ts';
import { accountId, firstCardAccountId } from '#ledger/rules/accounts.ts';
import { firstIdOfGroup } from '#platform/ids.ts';
import { answerFields } from './answer-fields.ts';

const decidedMs = Date.UTC(2026, 10, 22, 4, 5, 6);
const outcome: Outcome = {
  status: 'decided',
  id: firstIdOfGroup(1, decidedMs, 0n),
  kind: 'payment',
  cardAccountId: firstCardAccountId,
  businessDate: '2026-11-22',
  refusal: null,
  legs: [{ accountId: accountId(firstCardAccountId, 'online'), amountFen: -200n, balanceFen: 0n }],
  amountFen: null,
  callerKey: null,
  replay: false,
};
const asked = { 3: '000000', 4: '000000012345', 11: '000123', 41: '10000001', 49: '156', 60: '22000001' };
const at = { nowMs: Date.UTC(2026, 10, 23), version: 1987 } as const;
const approved = { code: '00', outcome, fields: {} };

test('an answer says again what was asked, and nothing of the card', () => {
  const answer = answerFields(
    { ...asked, 2: '6217001234567890123', 35: '6217=30', 52: 'AA', 64: 'BB' },
    approved,
    at,
  );
  expect(answer).toMatchObject(asked);
  expect(Object.keys(answer).map(Number)).toEqual([3, 4, 11, 12, 13, 15, 37, 38, 39, 41, 49, 60]);
});

test('the answer to a repeat is the same, whenever it comes', () => {
  const later = { ...at, nowMs: at.nowMs + 86_400_000 };
  const again = { code: '00', outcome: { ...outcome, replay: true }, fields: {} };
  expect(answerFields(asked, again, later)).toEqual(answerFields(asked, approved, at));
});

test('where the terminal says no time the host does: when it was decided, in Hainan', () => {
  expect(answerFields(asked, approved, at)).toMatchObject({ 12: '120506', 13: '1122', 15: '1122' });
  const timed = { ...asked, 12: '083000', 13: '1121' };
  expect(answerFields(timed, approved, at)).toMatchObject({ 12: '083000', 13: '1121', 15: '1122' });
  const of1993 = answerFields(asked, approved, { ...at, version: 1993 });
  expect(of1993).toMatchObject({ 12: '261122120506', 15: '261122' });
  expect(of1993[13]).toBeUndefined();
});

test('where the tariff says the price the terminal learns it', () => {
  const { 4: _, ...tap } = asked;
  expect(answerFields(tap, approved, at)[4]).toBe('000000000200');
  expect(answerFields({ ...tap, 4: '000000000000' }, approved, at)[4]).toBe('000000000200');
});

test('a retrieval number that was sent comes back, and only what was approved has an approval code', () => {
  expect(answerFields({ ...asked, 37: '032614000123' }, approved, at)[37]).toBe('032614000123');
  const refused = { code: '51', outcome: { ...outcome, refusal: 'insufficient-funds' as const }, fields: {} };
  const answer = answerFields(asked, refused, at);
  expect(answer[38]).toBeUndefined();
  expect(answer[37]).toMatch(/^[0-9A-Z]{12}$/);
});

test('what was not decided has no date of the books, and an answer has fields of its own', () => {
  const answer = answerFields(asked, { code: 'A0', outcome: null, fields: { 62: 'FF' } }, at);
  expect(answer).toMatchObject({ 39: 'A0', 62: 'FF', 12: '080000', 13: '1123' });
  expect([answer[15], answer[37], answer[38]]).toEqual([undefined, undefined, undefined]);
});
