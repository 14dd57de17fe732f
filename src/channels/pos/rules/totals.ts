/** What a terminal says that its batch comes to. */
export interface ClaimedTotals {
  readonly debitFen: bigint;
  readonly debitCount: number;
  readonly creditFen: bigint;
  readonly creditCount: number;
}

/** A result in field 48: the totals agree, they do not, or they could not be compared. */
export type TotalsResult = '1' | '2' | '3';

const half = /^(\d{12})(\d{3})(\d{12})(\d{3})\d$/;
const halfLength = 31;

/**
 * Reads field 48 of a settlement: amount and count of debits, amount and count of credits, a result; first of domestic
 * cards, then of foreign ones. Of foreign cards, which we do not take, a terminal has nothing: null where it has.
 */
export function readTotals(field48: string | undefined): ClaimedTotals | null {
  if (field48?.length !== halfLength * 2) return null;
  const domestic = half.exec(field48.slice(0, halfLength));
  const foreign = half.exec(field48.slice(halfLength));
  if (domestic === null || foreign === null || !/^0{30}/.test(foreign[0])) return null;
  const [, debitFen = '', debitCount, creditFen = '', creditCount] = domestic;
  return {
    debitFen: BigInt(debitFen),
    debitCount: Number(debitCount),
    creditFen: BigInt(creditFen),
    creditCount: Number(creditCount),
  };
}

/** Field 48 of the answer: as the terminal sent it, with the result in both places. */
export function withResult(field48: string, result: TotalsResult): string {
  return [0, halfLength].map((at) => field48.slice(at, at + halfLength - 1) + result).join('');
}
