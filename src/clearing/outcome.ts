import type { CardRefusal } from '#cards/rules/status.ts';
import type { SaidField } from '#idempotency/rules/compare.ts';
import type { PackedKey } from '#idempotency/rules/keys.ts';
import { isPurse } from '#ledger/rules/accounts.ts';
import type { EntryRefusal } from '#ledger/rules/entry.ts';
import type { HoldRefusal } from '#ledger/rules/holds.ts';
import type { ReturnRefusal } from '#ledger/rules/returns.ts';
import { absFen } from '#money/fen.ts';
import type { SectorRefusal } from '#sectors/contract.ts';
import type { TerminalRefusal } from '#terminals/rules/permission.ts';
import type { Kind, PinRefusal } from './request.ts';

/** Every reason for which a request is declined: decided once, pinned, and answered by every channel. */
export type Refusal =
  | CardRefusal
  | EntryRefusal
  | HoldRefusal
  | ReturnRefusal
  | SectorRefusal
  | TerminalRefusal
  | PinRefusal
  | 'participant-not-active'
  | 'original-not-found'
  | 'original-archived'
  | 'original-mismatch'
  | 'void-too-late'
  | 'not-returnable'
  | 'reversed-before-arrival';

/** A purse leg of what was decided. */
export interface Leg {
  readonly accountId: bigint;
  readonly amountFen: bigint;
  /** The purse's balance after it; null for an account that carries none. */
  readonly balanceFen: bigint | null;
}

/** What was decided about a request. */
export interface Outcome {
  readonly status: 'decided';
  readonly id: bigint;
  readonly kind: Kind;
  readonly cardAccountId: bigint;
  readonly businessDate: string;
  /** Null is approved. */
  readonly refusal: Refusal | null;
  readonly legs: readonly Leg[];
  /** What the request asked for; null where a tariff decides. */
  readonly amountFen: bigint | null;
  /** The caller's key that it is pinned under: a repeat may have come under another one, or under none. */
  readonly callerKey: PackedKey | null;
  /** Whether this is the stored answer to an earlier request with the same key. */
  readonly replay: boolean;
  /** Of a repeat: it was approved on a day that has left the books for a file, and what it moved is not known here. */
  readonly isArchived?: true;
}

/** The key was used for another request, which this one differs from in `field`. Nothing is stored for it. */
interface KeyReused {
  readonly status: 'key-reused';
  readonly field: SaidField;
}

/** The queue is full, or the request waited too long without being taken up: nothing is stored for it. */
interface Busy {
  readonly status: 'busy';
  readonly retryAfterSeconds: number;
}

/** The first request with this key is still on its way, longer than a repeat waits for it. */
interface StillInFlight {
  readonly status: 'in-flight';
}

/** What the books said after all the tries a group has: nothing is known to have happened; repeat with the same key. */
interface Unknown {
  readonly status: 'unknown';
}

export type Decision = Outcome | KeyReused;
export type Answer = Decision | Busy | StillInFlight | Unknown;

/** What moved on the purses; for an authorisation, which moves nothing, what it holds. */
export function movedFen({ kind, amountFen, legs }: Pick<Outcome, 'kind' | 'amountFen' | 'legs'>): bigint {
  if (kind === 'authorise') return amountFen ?? 0n;
  let sum = 0n;
  for (const leg of legs) if (isPurse(leg.accountId)) sum += leg.amountFen;
  return absFen(sum);
}
