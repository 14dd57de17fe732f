import type { ZodType } from 'zod';
import type { Purse } from '#ledger/rules/accounts.ts';
import type { Account } from '#ledger/rules/entry.ts';
import type { PaymentPlan } from '#ledger/rules/purses.ts';
import type { Fen } from '#money/fen.ts';
import type { Session } from '#platform/postgres.ts';
import type { PurseRule } from './rules/purse-rules.ts';

/** Why a sector may refuse. Each code has one meaning in all sectors. */
export type SectorRefusal =
  | 'amount-missing'
  | 'amount-not-expected'
  | 'amount-wrong'
  | 'kind-not-allowed'
  | 'merchant-category-not-allowed'
  | 'over-payment-limit'
  | 'over-day-limit'
  | 'over-balance-limit'
  | 'over-agent-limit'
  | 'legs-do-not-add-up'
  | 'no-tariff'
  | 'pin-required'
  | 'purse-not-allowed'
  | 'purpose-not-allowed'
  | 'purse-not-open'
  | 'station-unknown'
  | 'too-many-passes';

/** Whom a sector keeps something about: a card account, or a participant that acts. */
export interface OwnerRef {
  readonly bucket: number;
  readonly ownerId: bigint;
}

/** What a sector is told about a request. Time comes in here; a sector has no clock. */
export interface SectorRequest {
  readonly cardAccountId: bigint;
  readonly product: string;
  readonly participantId: number;
  /** The participant's merchant category code. */
  readonly mcc: string;
  /** Which purses may pay here, in which order; narrowed to one where the request names it. Null for a load. */
  readonly rule: Pick<PurseRule, 'purses' | 'split'> | null;
  readonly amountFen: Fen | null;
  /** Whether money is only held now: what a sector sells at once cannot be. */
  readonly isHold: boolean;
  /** Whether the holder's PIN was checked for this request. */
  readonly pinVerified: boolean;
  /** The sector's own fields, as its `detail` schema read them. */
  readonly detail: Readonly<Record<string, string>>;
  readonly nowMs: number;
  readonly entryId: bigint;
  /** A locked purse of the card account, or undefined where it has none. */
  readonly purse: (purse: Purse) => Account | undefined;
}

/** What somebody else pays of a request: a fund, an agency. It owes us as much. */
export interface Funding {
  readonly participantId: number;
  readonly amountFen: Fen;
}

/** What a request becomes: what the holder's purses pay (or are loaded with), and what others pay of it. */
export interface Plan<State> {
  /** Each part from purses of its own, all of them purses of the rule; one part for a load. */
  readonly parts: readonly PaymentPlan[];
  /** Each participant once; a plan with others is taken back as a whole or not at all. */
  readonly others: readonly Funding[];
  /** What the sector keeps about its owner from now on; null leaves it as it is. */
  readonly state: State | null;
  /**
   * What the sector adds to the request's own fields, for the holder to read and for `undo` to know: which pass
   * a ride was on. Text like the fields themselves, under other names; a repeat does not say it.
   */
  readonly note?: Readonly<Record<string, string>>;
}

/** An entry of the sector that was taken back, in whole or in part. */
interface Undone {
  readonly entryId: bigint;
  /** Who was paid. */
  readonly participantId: number;
  /** What goes back now; nought where the entry moved nothing. */
  readonly amountFen: Fen;
  /** Whether nothing of the entry is left after this; true once at the most, or once more after a `redo`. */
  readonly whole: boolean;
  /** The entry's own fields, with what the plan noted. */
  readonly detail: Readonly<Record<string, string>>;
  readonly nowMs: number;
}

/** An entry of the sector of which what was taken back was not: the void of it was reversed. */
type Redone = Omit<Undone, 'whole'>;

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
  /** The purse that a load with this detail goes to. Which purses pay is not the sector's to say: a purse rule does. */
  readonly loads?: (detail: Readonly<Record<string, string>>) => Purse;
  /** Whose state it keeps. A participant's row is there before its first request, and is locked by `read`. */
  readonly keeps: 'card-account' | 'participant';
  /** False: only a closed card keeps its requests out; lost, locked, expired or not yet active ones do not. Left out: a good card is needed. */
  readonly needsGoodCard?: boolean;
  /**
   * Whether a room above posts it, which holds what must hold before money moves (the utility's word, a second
   * person's approval): no terminal may then post it by itself, whoever has its key.
   */
  readonly ofRoom?: true;
  /** The sector's own fields on the wire: all text, so that they are kept and compared as written. */
  readonly detail: ZodType<Record<string, string>>;
  readTariffs(session: Session): Promise<Tariffs>;
  /** What is kept about these owners; one query, whatever their number. */
  read(session: Session, owners: readonly OwnerRef[]): Promise<Map<bigint, State>>;
  plan(request: SectorRequest, tariffs: Tariffs, state: State | undefined): Plan<State> | SectorRefusal;
  /** What is kept after an entry was taken back; null leaves it as it is. */
  undo(undone: Undone, state: State | undefined): State | null;
  /**
   * What is kept after an entry stands again of which `undo` was told: exactly what was kept before, and what came
   * since. Left out where that is not known any more: then what took it back is not reversed.
   */
  readonly redo?: (redone: Redone, state: State | undefined) => State | null;
  /** Writes what changed; one statement, whatever their number. */
  write(session: Session, changed: readonly (OwnerRef & { readonly state: State })[]): Promise<void>;
}

/** Makes a sector one of many: from here on only the sector itself knows what its state and tariffs are. */
export function defineSector<State, Tariffs>(sector: Sector<State, Tariffs>): Sector {
  return sector as unknown as Sector;
}
