import type { Statement } from '#platform/postgres.ts';

/** A row that is not what the rest of the books says it must be. */
export interface Wrong {
  readonly stage: string;
  /** "ledger.postings". */
  readonly table: string;
  /** The row's key in words: "entry 42, account 16000002". */
  readonly key: string;
  readonly expected: string;
  readonly found: string;
}

/** The parts of a verification of the books, in their order. */
export type Stage =
  | 'archive'
  | 'chain'
  | 'balances'
  | 'holds'
  | 'corrections'
  | 'day totals'
  | 'keys'
  | 'seals'
  | 'audit';

/** Told how far a stage is; `total` may be 0 where there is nothing to do. */
export type OnProgress = (stage: string, done: number, total: number) => void;

/** A statement that looks for rows that are wrong: it gives the first as table, key, expected, found, or nothing. */
export type Check = Statement;

/**
 * What a stage asks, one statement after the other; and what counts the rows that it leaves out, because what they name
 * lies in an archived day.
 */
export type StageChecks = readonly [stage: string, checks: readonly Check[], leftOut?: Statement];
