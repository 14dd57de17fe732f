import { expect, test } from 'vitest';
import { accountId, firstCardAccountId } from '#ledger/rules/accounts.ts';
import { movedFen, type Outcome } from './outcome.ts';

const outcome = (over: Partial<Outcome>): Outcome => ({
  status: 'decided',
  id: 1n,
  kind: 'payment',
  cardAccountId: firstCardAccountId,
  businessDate: '2026-11-22',
  refusal: null,
  legs: [],
  amountFen: null,
  callerKey: null,
  replay: false,
  ...over,
});
const leg = (accountId: bigint, amountFen: bigint) => ({ accountId, amountFen, balanceFen: null });

test('what left the purses or came to them moved, whoever else paid or was paid', () => {
  const purses = [
    leg(accountId(firstCardAccountId, 'online'), -150n),
    leg(accountId(firstCardAccountId, 'e-purse'), -50n),
  ];
  expect(movedFen(outcome({ legs: [...purses, leg(accountId(1n, 'payable'), 200n)] }))).toBe(200n);
  expect(movedFen(outcome({ kind: 'load', legs: [leg(accountId(firstCardAccountId, 'online'), 70n)] }))).toBe(
    70n,
  );
});

test('an authorisation moves nothing and says what it holds', () => {
  expect(movedFen(outcome({ kind: 'authorise', amountFen: 500n }))).toBe(500n);
});
