import { digitsOf, isDigits } from './digits.ts';
import type { FieldFault } from './field-fault.ts';

/** What a terminal took and gave back in a batch, as it claims it in field 48 of a settlement (0500). */
export interface ClaimedTotals {
  /** Purchases and completions. */
  readonly debitFen: bigint;
  readonly debitCount: number;
  /** Refunds and voids. */
  readonly creditFen: bigint;
  readonly creditCount: number;
}

/** What the host found: null until it has looked. A terminal reads "unbalanced" as the order to upload its batch. */
export type SettlementResult = 'balanced' | 'unbalanced' | 'error' | null;

/** Field 48 of 0500 and 0510: totals of cards from China, and of those from abroad. */
export interface SettlementTotals {
  readonly domestic: ClaimedTotals;
  readonly domesticResult: SettlementResult;
  readonly foreign: ClaimedTotals;
  readonly foreignResult: SettlementResult;
}

const amountDigits = 12;
const countDigits = 3;
const claimDigits = 2 * (amountDigits + countDigits);
const halfDigits = claimDigits + 1;
const totalsDigits = 2 * halfDigits;

const results: readonly SettlementResult[] = [null, 'balanced', 'unbalanced', 'error'];

/**
 * Reads the 62 digits: debit amount n12 and count n3, credit amount n12 and count n3, result n1, twice.
 *
 * Some terminals send 61, one result digit having been lost. Which one cannot be seen, so 61 digits are read only where
 * it makes no difference: where everything after the first claim is zero, as it is of all who take no foreign cards.
 */
export function readSettlementTotals(value: string): SettlementTotals | FieldFault {
  if (!isDigits(value)) return fault('wrong-content');
  if (value.length === totalsDigits - 1 && /^0+$/.test(value.slice(claimDigits)))
    return readSettlementTotals(`${value}0`);
  if (value.length !== totalsDigits) return fault('wrong-length');
  const domesticResult = results[Number(value[halfDigits - 1])];
  const foreignResult = results[Number(value[totalsDigits - 1])];
  if (domesticResult === undefined || foreignResult === undefined) return fault('wrong-content');
  return {
    domestic: claimOf(value.slice(0, claimDigits)),
    domesticResult,
    foreign: claimOf(value.slice(halfDigits, halfDigits + claimDigits)),
    foreignResult,
  };
}

/**
 * The 62 digits.
 * @throws EncodeError for an amount of more than 12 digits, or a count of more than 999.
 */
export function writeSettlementTotals(totals: SettlementTotals): string {
  return [
    claimDigitsOf(totals.domestic),
    results.indexOf(totals.domesticResult),
    claimDigitsOf(totals.foreign),
    results.indexOf(totals.foreignResult),
  ].join('');
}

function claimOf(digits: string): ClaimedTotals {
  const half = amountDigits + countDigits;
  return {
    debitFen: BigInt(digits.slice(0, amountDigits)),
    debitCount: Number(digits.slice(amountDigits, half)),
    creditFen: BigInt(digits.slice(half, half + amountDigits)),
    creditCount: Number(digits.slice(half + amountDigits)),
  };
}

function claimDigitsOf({ debitFen, debitCount, creditFen, creditCount }: ClaimedTotals): string {
  return [
    digitsOf(debitFen, amountDigits, 48),
    digitsOf(debitCount, countDigits, 48),
    digitsOf(creditFen, amountDigits, 48),
    digitsOf(creditCount, countDigits, 48),
  ].join('');
}

function fault(error: FieldFault['error']): FieldFault {
  return { error, field: 48, subField: null };
}
