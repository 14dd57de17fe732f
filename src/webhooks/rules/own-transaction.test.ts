import { describe, expect, test } from 'vitest';
import { kindCodes } from '#clearing/request.ts';
import { firstIdOfGroup } from '#platform/ids.ts';
import { type OwnTransaction, ownTransactionJson } from './own-transaction.ts';

const atMs = Date.UTC(2026, 10, 22, 0, 30);
const own = (over: Partial<OwnTransaction> = {}): OwnTransaction => ({
  id: firstIdOfGroup(0, atMs, 0n),
  cardAccountId: 1_000_001n,
  originalId: null,
  kind: kindCodes.payment,
  sector: 1,
  terminalId: 10_000_001,
  businessDate: '2026-11-22',
  localTime: '2026-11-22 08:30:00',
  cardTail: '0001',
  askedFen: 1250n,
  movedFen: 1250n,
  ...over,
});

describe('a participant’s own transaction', () => {
  test('says what moved and which way, and names the card by its last four digits alone', () => {
    const { id } = own();
    expect(ownTransactionJson(own())).toEqual({
      transactionId: `1000001-${id}`,
      kind: 'payment',
      sector: 'shops',
      amount: 1250,
      direction: 'credit',
      currency: 'CNY',
      businessDate: '2026-11-22',
      decidedAt: '2026-11-22T00:30:00.000Z',
      localTime: '2026-11-22T08:30:00',
      terminalId: 10_000_001,
      cardTail: '0001',
      originalTransactionId: null,
    });
  });

  test('that takes something back is a debit of a positive amount, and names its original', () => {
    const refund = ownTransactionJson(own({ kind: kindCodes.refund, movedFen: -50n, originalId: 7n }));
    expect(refund).toMatchObject({ amount: 50, direction: 'debit', originalTransactionId: '1000001-7' });
  });

  test('that is an authorisation moves nothing, and says what it was asked for', () => {
    const held = ownTransactionJson(own({ kind: kindCodes.authorise, movedFen: 0n }));
    expect(held).toMatchObject({ kind: 'authorise', amount: 1250, direction: 'none' });
  });

  test('that moved nothing is none', () => {
    expect(ownTransactionJson(own({ movedFen: 0n, askedFen: null }))).toMatchObject({
      amount: 0,
      direction: 'none',
    });
  });
});
