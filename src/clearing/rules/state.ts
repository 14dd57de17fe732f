import type { CardState } from '#cards/store.ts';
import type { Leg } from '#clearing/outcome.ts';
import type { OutcomeRow } from '#idempotency/rules/outcome-rows.ts';
import type { Account } from '#ledger/rules/entry.ts';
import type { Hold } from '#ledger/rules/holds.ts';
import type { Correction, OriginalLeg } from '#ledger/rules/returns.ts';
import type { EntryRow, PostingRow } from '#ledger/rules/rows.ts';
import type { Participant } from '#participants/store.ts';
import type { OwnerRef } from '#sectors/contract.ts';
import type { PurseRules } from '#sectors/rules/purse-rules.ts';
import type { Terminal } from '#terminals/store.ts';

/** Reference data of one version: who may post what, and for which price. */
export interface Reference {
  readonly version: bigint;
  readonly terminals: ReadonlyMap<number, Terminal>;
  readonly participants: ReadonlyMap<number, Participant>;
  /** Each sector's tariffs, as the sector read them. */
  readonly tariffs: ReadonlyMap<string, unknown>;
  readonly purseRules: PurseRules;
}

/** An outcome that is known by one of its keys, with what its entry posted. */
export interface KnownOutcome extends OutcomeRow {
  readonly businessDate: string;
  /** Its legs; none are there of one that is archived. */
  readonly legs: readonly (Leg & OriginalLeg)[];
  /** Whether its day has left the books for a file, or that of what it followed. */
  readonly archived?: boolean;
  /** Whether its own has: what it moved is not known then. */
  readonly isDayArchived?: boolean;
}

/** An entry that a capture, void or refund speaks of by its id. */
export interface OriginalEntry {
  readonly id: bigint;
  readonly ownerId: bigint;
  readonly kind: number;
  readonly sector: number;
  readonly participantId: number;
  readonly businessDate: string;
  /** Its own fields with what its sector noted, as they were pinned. */
  readonly detail: string | null;
  readonly legs: readonly OriginalLeg[];
  /** Whether its day has left the books for a file: it is only known that it was. */
  readonly archived?: boolean;
}

/** All that is read for a group, after its accounts are locked. */
export interface GroupState {
  readonly businessDate: string;
  readonly nowMs: number;
  /** The first of a block of ids that no other group has. */
  readonly firstId: bigint;
  /** The purses that are locked: only they may be decided on. */
  readonly accounts: ReadonlyMap<bigint, Account>;
  /** The group's purses of a purpose, locked or not: they tell why a payment is refused, and move nothing. */
  readonly purposes: ReadonlyMap<bigint, Account>;
  readonly openHolds: readonly Hold[];
  /** All holds, open or not, of the authorisations whose captures and voids the group's reversals name. */
  readonly followedHolds: readonly Hold[];
  readonly cards: ReadonlyMap<bigint, CardState>;
  readonly known: readonly KnownOutcome[];
  /** By entry id. */
  readonly originals: ReadonlyMap<bigint, OriginalEntry>;
  readonly reference: Reference;
  /** What each sector keeps about its owners: card accounts, or participants that act. */
  readonly sectorStates: ReadonlyMap<string, ReadonlyMap<bigint, unknown>>;
}

/** All that a group changes. */
export interface Writes {
  readonly outcomes: OutcomeRow[];
  readonly entries: EntryRow[];
  readonly postings: PostingRow[];
  readonly accounts: (Account & { readonly bucket: number })[];
  readonly holds: (Hold & { readonly bucket: number })[];
  readonly corrections: (Correction & { readonly bucket: number })[];
  readonly sectorStates: ReadonlyMap<string, readonly (OwnerRef & { readonly state: unknown })[]>;
}
