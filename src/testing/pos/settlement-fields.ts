import { type Entry, isStanding } from './terminal-state.ts';

/** What a batch comes to as its terminal knows it. */
export interface BatchTotals {
  readonly debitFen: bigint;
  readonly debitCount: number;
  readonly creditFen: bigint;
  readonly creditCount: number;
}

const debits: readonly Entry['kind'][] = ['payment', 'capture'];
const credits: readonly Entry['kind'][] = ['refund', 'void', 'cancel-capture'];

/** Payments and completions on one side, what went back on the other. What was reversed does not count. */
export function totalsOf(entries: readonly Entry[]): BatchTotals {
  const standing = entries.filter(isStanding);
  const of = (kinds: readonly Entry['kind'][]) => standing.filter(({ kind }) => kinds.includes(kind));
  const sum = (some: readonly Entry[]) => some.reduce((total, { amount }) => total + BigInt(amount), 0n);
  const [debit, credit] = [of(debits), of(credits)];
  return {
    debitFen: sum(debit),
    debitCount: debit.length,
    creditFen: sum(credit),
    creditCount: credit.length,
  };
}

const resultAt = 30;
const foreign = '0'.repeat(31);

/** Field 48 of a settlement: amount and count of both sides and a result, for cards of here and of abroad. */
export function settlementField({ debitFen, debitCount, creditFen, creditCount }: BatchTotals): string {
  const side = (fen: bigint, count: number) => String(fen).padStart(12, '0') + String(count).padStart(3, '0');
  return `${side(debitFen, debitCount)}${side(creditFen, creditCount)}0${foreign}`;
}

/** "1" balanced, "2" not, "3" not settled. */
export const settlementResult = (field48: string): string => field48.charAt(resultAt);

/** How many transactions one upload carries. */
export const uploadMax = 8;

/** Field 48 of an upload: how many, and of each its card's type, trace, card number and amount. */
export function uploadField(entries: readonly Entry[]): string {
  const record = ({ trace, cardNumber, amount }: Entry) =>
    `00${trace}${cardNumber.padStart(20, '0')}${amount}`;
  return String(entries.length).padStart(2, '0') + entries.map(record).join('');
}

/** Field 48 of the end of an upload: how many there were in all. */
export const uploadEndField = (count: number): string => String(count).padStart(4, '0');
