import { type Fen, fen } from '#money/fen.ts';
import type { Account, Accounts } from './entry.ts';
import { availableFen } from './entry.ts';
import { type Hold, isExpired, remainingFen } from './holds.ts';

/** A capture or a void of an authorisation that is taken back. */
export interface Undoing {
  readonly entryId: bigint;
  /** What the capture took, by purse; it is back in the purses' balances already. Empty for a void. */
  readonly takenBack: ReadonlyMap<bigint, Fen>;
  readonly nowMs: number;
  /** Whether the purse may carry one more open hold. */
  readonly hasRoom: (accountId: bigint) => boolean;
}

/** The authorisation as it stands when what is undone had never been. */
export interface Reopened {
  readonly accounts: Account[];
  readonly holds: Hold[];
  /**
   * What is held again beyond the money that came back; less than nought where more came back than is held again,
   * because another entry has ended the authorisation since.
   */
  readonly heldAgainFen: bigint;
}

/**
 * Opens an authorisation again as if a capture or a void of it had never been; `holds` are all of it, in whatever
 * state. What ended it otherwise, another entry or its time, ends it still. What a capture took is held again for
 * certain, since it came back just now. What was freed may be spent by now: it is held again as far as its purse has
 * free money, and the rest is let go of for good.
 */
export function reopenHolds(holds: readonly Hold[], before: Accounts, undoing: Undoing): Reopened {
  const end = holds.find((hold) => hold.endedBy !== null && hold.endedBy !== undoing.entryId);
  const result: Reopened = { accounts: [], holds: [], heldAgainFen: 0n };
  let { heldAgainFen } = result;
  for (const one of holds) {
    const account = before.get(one.accountId);
    if (account === undefined) throw new Error('a hold lies on a purse that was not locked');
    const { hold, moreHeldFen, againFen } = reopenOne(one, { account, end, undoing });
    heldAgainFen += againFen;
    if (hold !== one) result.holds.push(hold);
    // An entry touches every hold of its authorisation that is not captured in full.
    if (hold.capturedFen < hold.amountFen)
      result.accounts.push({ ...account, heldFen: account.heldFen + moreHeldFen });
  }
  return { ...result, heldAgainFen };
}

interface Stand {
  readonly account: Account;
  readonly end: Hold | undefined;
  readonly undoing: Undoing;
}

/** One hold after it, how much more of it is held, and how much of that is not money that came back. */
function reopenOne(before: Hold, stand: Stand): { hold: Hold; moreHeldFen: bigint; againFen: bigint } {
  const { takenBack, entryId } = stand.undoing;
  const backFen = takenBack.get(before.accountId) ?? fen(0);
  if (backFen === 0n && before.endedBy !== entryId) return { hold: before, moreHeldFen: 0n, againFen: 0n };
  const hold = reopen(before, backFen, stand);
  const moreHeldFen = heldOf(hold) - heldOf(before);
  // What ended by its time gives up nothing: nothing of it was held any more.
  return { hold, moreHeldFen, againFen: hold.state === 'expired' ? 0n : moreHeldFen - backFen };
}

/** A hold with what was captured of it taken off, in the state in which it then is. */
function reopen(before: Hold, backFen: Fen, { account, end, undoing }: Stand): Hold {
  if (backFen > before.capturedFen) throw new RangeError('more comes back than was captured');
  const hold = { ...before, capturedFen: fen(before.capturedFen - backFen) };
  if (end !== undefined) return { ...hold, state: end.state, endedBy: end.endedBy };
  if (before.state === 'expired' || isExpired(hold, undoing.nowMs))
    return { ...hold, state: 'expired', endedBy: null };
  if (before.state === 'open') return hold;
  const wantedFen = remainingFen(hold);
  const freeFen = undoing.hasRoom(hold.accountId) ? availableFen(account) : 0n;
  const heldFen = freeFen < wantedFen ? freeFen : wantedFen;
  if (heldFen < 0n) throw new RangeError('a purse below its floor');
  const freedFen = fen(hold.freedFen + wantedFen - heldFen);
  const ended = hold.capturedFen === hold.amountFen ? 'captured' : 'voided';
  return { ...hold, freedFen, endedBy: null, state: heldFen > 0n ? 'open' : ended };
}

function heldOf(hold: Hold): bigint {
  return hold.state === 'open' ? remainingFen(hold) : 0n;
}
