import type { ZodType } from 'zod';
import type { Purse } from '#ledger/rules/accounts.ts';
import type { Account } from '#ledger/rules/entry.ts';
import type { Fen } from '#money/fen.ts';
import type { Session } from '#platform/postgres.ts';

/** Why a sector may refuse. Each code has one meaning in all sectors. */
export type SectorRefusal =
  | 'amount-missing'
  | 'amount-not-expected'
  | 'over-payment-limit'
  | 'over-day-limit'
  | 'over-balance-limit'
  | 'no-tariff'
  | 'purse-not-allowed'
  | 'purse-not-open';

/** The card account that a sector keeps something about. */
export interface CardAccountRef {
  readonly bucket: number;
  readonly cardAccountId: bigint;
}

/** What a sector is told about a request. Time comes in here; a sector has no clock. */
export interface SectorRequest {
  readonly cardAccountId: bigint;
  readonly product: string;
  readonly participantId: number;
  readonly amountFen: Fen | null;
  /** The sector's own fields, as its `detail` schema read them. */
  readonly detail: Readonly<Record<string, string>>;
  readonly nowMs: number;
  readonly entryId: bigint;
  /** A locked purse of the card account, or undefined where it has none. */
  readonly purse: (purse: Purse) => Account | undefined;
}

/** What a request becomes: how much, and which purses pay it (or are loaded), in which order. */
export interface Plan<State> {
  readonly amountFen: Fen;
  readonly purses: readonly Purse[];
  /** Whether one payment may be shared out over several purses. */
  readonly split: boolean;
  /** What the sector keeps about the card account from now on; null leaves it as it is. */
  readonly state: State | null;
}

/** An entry of the sector that was taken back, in whole or in part. */
export interface Undone {
  readonly entryId: bigint;
  readonly amountFen: Fen;
  readonly nowMs: number;
}

/**
 * A sector says which postings a request becomes, and nothing else. It reads for many, plans pure, and writes
 * for many; the ledger moves the money. `Tariffs` is reference data, kept in memory under its version.
 */
export interface Sector<State = unknown, Tariffs = unknown> {
  readonly name: string;
  /** Kept in the journal: never changes, never used again. */
  readonly code: number;
  /** Whether a transaction takes from the holder's purses or loads them. */
  readonly direction: 'pays' | 'loads';
  /** The purses that a request with this detail may touch, which are locked before it is planned. */
  purses(detail: Readonly<Record<string, string>>): readonly Purse[];
  /** The sector's own fields on the wire: all text, so that they are kept and compared as written. */
  readonly detail: ZodType<Record<string, string>>;
  readTariffs(session: Session): Promise<Tariffs>;
  /** What is kept about these card accounts; one query, whatever their number. */
  read(session: Session, accounts: readonly CardAccountRef[]): Promise<Map<bigint, State>>;
  plan(request: SectorRequest, tariffs: Tariffs, state: State | undefined): Plan<State> | SectorRefusal;
  /** What is kept after an entry was taken back; null leaves it as it is. */
  undo(undone: Undone, state: State | undefined): State | null;
  /** Writes what changed; one statement, whatever their number. */
  write(session: Session, changed: readonly (CardAccountRef & { readonly state: State })[]): Promise<void>;
}

/** Makes a sector one of many: from here on only the sector itself knows what its state and tariffs are. */
export function defineSector<State, Tariffs>(sector: Sector<State, Tariffs>): Sector {
  return sector as unknown as Sector;
}
