import type { PartLayout } from '#iso8583/layout/layout.ts';

/** Field 60 of UnionPay: what is done, in which batch, and what the terminal can do. */
export const parts60: readonly PartLayout[] = [
  { name: 'transactionType', type: 'n', len: 2 },
  { name: 'batchNumber', type: 'n', len: 6 },
  { name: 'networkCode', type: 'n', len: 3 },
  { name: 'readCapability', type: 'n', len: 1 },
  { name: 'chipCondition', type: 'n', len: 1 },
  { name: 'partialApproval', type: 'n', len: 1 },
  { name: 'accountType', type: 'n', len: 3 },
];

/** Field 61 of UnionPay: the original transaction. */
export const parts61: readonly PartLayout[] = [
  { name: 'batchNumber', type: 'n', len: 6 },
  { name: 'traceNumber', type: 'n', len: 6 },
  { name: 'date', type: 'n', len: 4 },
  { name: 'authorisationMode', type: 'n', len: 2 },
  { name: 'authoriser', type: 'n', len: 11 },
];

/** Field 90: the original transaction as hosts name it. */
export const parts90: readonly PartLayout[] = [
  { name: 'messageType', type: 'n', len: 4 },
  { name: 'traceNumber', type: 'n', len: 6 },
  { name: 'transmitted', type: 'n', len: 10 },
  { name: 'acquirer', type: 'n', len: 11 },
  { name: 'forwarder', type: 'n', len: 11 },
];

/** Field 48 of a batch settlement: the totals of the scheme's own cards, then those of others. */
export const partsOfSettlement: readonly PartLayout[] = ['', 'Foreign'].flatMap((whose) => [
  { name: `debitFen${whose}`, type: 'n', len: 12 } as const,
  { name: `debitCount${whose}`, type: 'n', len: 3 } as const,
  { name: `creditFen${whose}`, type: 'n', len: 12 } as const,
  { name: `creditCount${whose}`, type: 'n', len: 3 } as const,
  { name: `result${whose}`, type: 'n', len: 1 } as const,
]);
