import { expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { refusePayment, type Terms } from './terms.ts';

const terms: Terms = {
  participantId: 900_006,
  programme: 'elder-2026',
  purse: 'elder-care',
  perPaymentFen: 9_000n,
  active: true,
};
const payment = { amountFen: fen(9_000), purse: 'elder-care' };

test.for([
  ['of exactly the limit is paid', payment, terms, null],
  ['above the limit is refused', { ...payment, amountFen: fen(9_001) }, terms, 'over-payment-limit'],
  ['into another purse is refused', { ...payment, purse: 'subsidy' }, terms, 'purse-not-allowed'],
  ['for a programme that is over is refused', payment, { ...terms, active: false }, 'no-tariff'],
  ['for a programme of somebody else is refused', payment, undefined, 'no-tariff'],
] as const)('a payment %s', ([, paid, agreed, answer]) => {
  expect(refusePayment(paid, agreed)).toBe(answer);
});
