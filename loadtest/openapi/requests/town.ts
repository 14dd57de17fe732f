import { cardNumber } from '#demo/hainan.ts';
import { hainanDay, hainanTime } from '#platform/calendar.ts';
import { testIdNumber } from '#testing/subsidies/people.ts';
import { type Known, openKnown } from './known.ts';

/** Terminals of the demonstration by what they are for. */
export const terminals = {
  shops: 1_000_011,
  transit: 2_000_011,
  'top-up': 3_000_011,
  medical: 5_000_021,
  hospital: 5_000_011,
  agent: 3_000_101,
} as const;

const firstPayingCard = 20;
const payingCards = 60;
/** Lost, locked, not active, expired. */
const badCards = [996, 997, 998, 999];
const people = 300;
const firstPerson = 5_000;
const amountMax = 400;

/** Names whose values are learnt from answers. */
export const learntNames: ReadonlySet<string> = new Set([
  ...[
    'endpointId',
    'messageId',
    'cardId',
    'applicationId',
    'billNumber',
    'batchId',
    'loadId',
    'apiKeyId',
    'nextAfter',
    'nextBefore',
  ],
]);

/** What exists in the demonstration, by the name of the field that names it. */
export function openTown(): Known {
  let trace = 0;
  let series = Math.floor(Date.now() / 100) % 10 ** 9;
  const now = () => hainanTime(Date.now()).replace(' ', 'T');
  const known = openKnown({
    traceNumber: () => {
      trace = (trace % 999_999) + 1;
      return trace;
    },
    localTime: now,
    cardNumber: (choice) =>
      cardNumber(
        choice % 17 === 0 ? (badCards[choice % 4] ?? 996) : firstPayingCard + (choice % payingCards),
      ),
    newCardNumber: () => {
      series += 1;
      return `94${String(series).padStart(14, '0')}`;
    },
    idNumber: (choice) => testIdNumber(firstPerson + (choice % people)),
    amount: (choice) => 1 + (choice % amountMax),
    cardAccountId: (choice) => String(1_000_000 + (choice % payingCards)),
    messageId: () => {
      trace += 1;
      return `H46010000001${now().replaceAll(/\D/g, '')}${String(trace % 10_000).padStart(4, '0')}`;
    },
  });
  const told: Readonly<Record<string, readonly unknown[]>> = {
    batchNumber: [1],
    product: ['standard', 'senior'],
    name: ['甲测试'],
    utility: [400_001, 400_002, 400_003],
    customerNumber: ['1000000001', '1000000002'],
    participantId: [100_001, 300_001, 600_001],
    bankParticipantId: [300_001],
    consentVersion: ['2026-01'],
    category: ['student', 'senior-65', 'senior-70', 'disabled'],
    code: ['elder-allowance', 'farm-support'],
    terminalId: [6_000_011, 6_000_012],
    period: ['2026-11', '2026-10'],
    date: ['current', '2026-11-26'],
    limit: ['1', '5', '100'],
    from: [hainanDay(Date.now()), '2026-11-01'],
    to: ['2099-12-31'],
    queryPassword: ['246813'],
    password: ['246813'],
    old: ['246813'],
    new: ['246813'],
    pin: ['135790'],
    paymentPin: ['135790'],
  };
  for (const [name, values] of Object.entries(told)) for (const value of values) known.learn(name, value);
  return known;
}
