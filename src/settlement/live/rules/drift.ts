import { accountCodes, type Purse, purses } from '#ledger/rules/accounts.ts';
import { absFen } from '#money/fen.ts';

/** In sums by kind, all accounts that are rolled up from day totals. */
export const rolledUp = 16;

/** Fen by kind of account: a purse's code, or `rolledUp`. */
export type SumsByKind = ReadonlyMap<number, bigint>;

/** A kind of purse whose balances are not what its day totals add up to. */
interface KindOff {
  readonly kind: Purse | 'unknown';
  readonly balanceFen: bigint;
  readonly totalFen: bigint;
}

export interface Drift {
  /** All purses and all rolled-up accounts together: 0. */
  readonly driftFen: bigint;
  /** What the day totals of all accounts add up to: 0. */
  readonly totalsFen: bigint;
  readonly kinds: readonly KindOff[];
}

/**
 * Holds the balances of all purses against the day totals of all days. Both are written by the group that moves the
 * money, so at any moment a kind of purse has what its totals say, and everything cancels out.
 */
export function driftOf(balances: SumsByKind, totals: SumsByKind): Drift {
  const codes = new Set([...balances.keys(), ...totals.keys()]);
  codes.delete(rolledUp);
  const kinds: KindOff[] = [];
  for (const code of [...codes].sort((a, b) => a - b)) {
    const [balanceFen, totalFen] = [balances.get(code) ?? 0n, totals.get(code) ?? 0n];
    if (balanceFen !== totalFen) kinds.push({ kind: purseNamed(code), balanceFen, totalFen });
  }
  const sum = (sums: SumsByKind) => [...sums.values()].reduce((total, fen) => total + fen, 0n);
  return { driftFen: sum(balances) + (totals.get(rolledUp) ?? 0n), totalsFen: sum(totals), kinds };
}

function purseNamed(code: number): KindOff['kind'] {
  return purses.find((purse) => accountCodes[purse] === code) ?? 'unknown';
}

/** Rows that a drift counts as wrong, and by how much. */
export function driftCheck({ kinds, totalsFen }: Drift): { wrong: number; amountFen: bigint } {
  const off = kinds.map(({ balanceFen, totalFen }) => absFen(balanceFen - totalFen));
  const amountFen = off.reduce((total, fen) => total + fen, absFen(totalsFen));
  return { wrong: kinds.length + (totalsFen === 0n ? 0 : 1), amountFen };
}
