import { type Fen, fen, minFen } from '#money/fen.ts';
import type { Account, Accounts, Posting } from './entry.ts';
import { availableFen } from './entry.ts';

export const holdStates = { open: 1, captured: 2, voided: 3, expired: 4 } as const;
export type HoldState = keyof typeof holdStates;

/** The part of an authorisation that lies on one purse. */
export interface Hold {
  readonly entryId: bigint;
  readonly accountId: bigint;
  readonly amountFen: Fen;
  readonly capturedFen: Fen;
  /** Let go of for good: its purse had no free money for it when the hold was opened again. */
  readonly freedFen: Fen;
  /** The void, reversal or last capture that ended it; null while it is open, and where it ended by itself. */
  readonly endedBy: bigint | null;
  readonly expiresAtMs: number;
  readonly state: HoldState;
}

export type HoldRefusal =
  | 'insufficient-funds'
  | 'purse-not-open'
  | 'too-many-holds'
  | 'hold-not-open'
  | 'capture-exceeds-hold';

/** A purse carries at most this many open holds: reading them stays bounded. */
export const openHoldsMax = 64;

/** What a decision about holds changes. */
export interface HoldChange {
  readonly accounts: Account[];
  readonly holds: Hold[];
  /** What moves: the purse legs of a capture, as debits. Empty when money only becomes free. */
  readonly debits: Posting[];
}

/** What an authorisation still holds on its purse; more was never captured than was held. */
export function remainingFen(hold: Hold): Fen {
  const { amountFen, capturedFen, freedFen } = hold;
  if (capturedFen < 0n || freedFen < 0n || capturedFen + freedFen > amountFen)
    throw new RangeError('more was captured than was held');
  return fen(amountFen - capturedFen - freedFen);
}

/** A hold counts up to its last moment and not a millisecond longer, whenever the sweeper comes. */
export function isExpired(hold: Hold, nowMs: number): boolean {
  return hold.expiresAtMs <= nowMs;
}

/** Places the debits of a plan as holds instead of moving them. */
export function placeHolds(
  debits: readonly Posting[],
  before: Accounts,
  terms: { readonly entryId: bigint; readonly expiresAtMs: number },
): HoldChange | HoldRefusal {
  const accounts: Account[] = [];
  const holds: Hold[] = [];
  for (const { accountId, amountFen } of debits) {
    const amount = fen(-amountFen);
    if (amount <= 0n) throw new RangeError('a hold is placed for a debit');
    const account = before.get(accountId);
    if (account === undefined) return 'purse-not-open';
    if (availableFen(account) < amount) return 'insufficient-funds';
    accounts.push({ ...account, heldFen: account.heldFen + amount });
    const untouched = { capturedFen: fen(0), freedFen: fen(0), endedBy: null, state: 'open' } as const;
    holds.push({ ...terms, accountId, amountFen: amount, ...untouched });
  }
  return { accounts, holds, debits: [] };
}

/** Takes an amount from an authorisation's holds; a final capture frees what is left. */
export function captureHolds(
  open: readonly Hold[],
  before: Accounts,
  capture: { readonly entryId: bigint; readonly amountFen: Fen; readonly final: boolean },
): HoldChange | HoldRefusal {
  if (open.length === 0) return 'hold-not-open';
  let rest = assertTaken(capture.amountFen);
  const change: HoldChange = { accounts: [], holds: [], debits: [] };
  for (const hold of open) {
    const account = before.get(hold.accountId);
    if (account === undefined) throw new Error('a hold lies on a purse that was not locked');
    const taken = minFen(rest, remainingFen(hold));
    rest = fen(rest - taken);
    if (taken > 0n) change.debits.push({ accountId: hold.accountId, amountFen: fen(-taken) });
    const after = captured(hold, taken, capture);
    const freedFen = remainingFen(hold) - (after.state === 'open' ? remainingFen(after) : 0n);
    change.accounts.push({
      ...account,
      balanceFen: account.balanceFen - taken,
      heldFen: account.heldFen - freedFen,
    });
    change.holds.push(after);
  }
  return rest > 0n ? 'capture-exceeds-hold' : change;
}

function captured(
  hold: Hold,
  taken: Fen,
  capture: { readonly entryId: bigint; readonly final: boolean },
): Hold {
  const after = { ...hold, capturedFen: fen(hold.capturedFen + taken) };
  if (capture.final) return { ...after, state: 'captured', endedBy: capture.entryId };
  return remainingFen(after) === 0n ? { ...after, state: 'captured' } : after;
}

function assertTaken(amountFen: Fen): Fen {
  if (amountFen < 0n) throw new RangeError('a capture takes nothing less than nought');
  return amountFen;
}

/** Frees what is left of holds: because an entry voids them, or because their time is over. */
export function releaseHolds(
  open: readonly Hold[],
  before: Accounts,
  why: { readonly voidedBy: bigint } | 'expired',
): HoldChange | HoldRefusal {
  if (open.length === 0) return 'hold-not-open';
  const after = new Map<bigint, Account>();
  for (const hold of open) {
    const account = after.get(hold.accountId) ?? before.get(hold.accountId);
    if (account === undefined) throw new Error('a hold lies on a purse that was not locked');
    after.set(account.id, { ...account, heldFen: account.heldFen - remainingFen(hold) });
  }
  const end =
    why === 'expired'
      ? ({ state: 'expired', endedBy: null } as const)
      : ({ state: 'voided', endedBy: why.voidedBy } as const);
  return { accounts: [...after.values()], holds: open.map((hold) => ({ ...hold, ...end })), debits: [] };
}
