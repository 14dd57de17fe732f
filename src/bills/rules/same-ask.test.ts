import { expect, test } from 'vitest';
import { type Asked, differingAsk } from './same-ask.ts';

const asked: Asked = {
  utilityId: 400_001,
  customerNumber: '1000000001',
  billNumber: 'W-1',
  amountFen: 5_000n,
  cardId: 1_000_001n,
  purse: null,
  batchNumber: 1,
  traceNumber: 7,
  localTime: '2026-11-22 08:30:00',
};

test('a repeat says the same in every field', () => {
  expect(differingAsk({ ...asked }, asked)).toBeNull();
});

test.for([
  ['utility', { utilityId: 400_002 }],
  ['customerNumber', { customerNumber: '1000000002' }],
  ['billNumber', { billNumber: 'W-2' }],
  ['amount', { amountFen: 5_001n }],
  ['cardNumber', { cardId: 1_000_002n }],
  ['purse', { purse: 'online' }],
  ['batchNumber', { batchNumber: 2 }],
  ['traceNumber', { traceNumber: 8 }],
  ['localTime', { localTime: '2026-11-22 08:30:01' }],
] as const)('one that has another %s is another payment, and is told so', ([field, over]) => {
  expect(differingAsk({ ...asked, ...over }, asked)).toBe(field);
});
