import type { Refusal } from '#clearing/outcome.ts';
import { kindCodes, type Request } from '#clearing/request.ts';
import { isPurse } from '#ledger/rules/accounts.ts';
import { openHoldsMax } from '#ledger/rules/holds.ts';
import { type Reopened, reopenHolds, type Undoing } from '#ledger/rules/reopen.ts';
import { type Return, returnWhole } from '#ledger/rules/returns.ts';
import { type Fen, fen, sumFen } from '#money/fen.ts';
import { sectorOfCode } from '#sectors/all.ts';
import { redone, releaseEffect, undone } from './hold-effects.ts';
import { post } from './payment-effects.ts';
import { giveBack, returnedFen } from './return-effects.ts';
import { type Effect, holdsNow, knownBy, legsNow, noEffect, type Run } from './run.ts';
import type { KnownOutcome, OriginalEntry } from './state.ts';

/** An original of which the books are to stand as if it had never been. */
interface Reversed extends OriginalEntry {
  /** What it followed itself: the authorisation of a capture, the payment or authorisation of a void. */
  readonly followedId: bigint | null;
}

/**
 * Takes back an original whole (冲正): afterwards the books stand as if it had never been. The terminal names it by
 * its trace, since it may never have had an answer: an original that has not come yet leaves a tombstone, one that was
 * declined needs nothing. A cancellation is a reversal under a name of its own whose original must be in the books.
 * Payments, loads, authorisations, captures and voids are reversed; refunds and reversals are not.
 */
export function reversalEffect(run: Run, request: Request, id: bigint): Effect | Refusal {
  const key = request.original?.businessKey;
  if (key == null) throw new Error('a reversal names its original by its key');
  const known = knownBy(run, key, request.card.cardId);
  const mustExist = request.original?.mustExist === true;
  if (mustExist && (known === undefined || known.refusal !== null)) return 'original-not-found';
  if (known === undefined) return { ...noEffect, tombstone: true };
  if (known.cardId !== request.card.cardId) return 'original-mismatch';
  // Its legs are in a file: nothing of it can be given back here, and nothing may look given back.
  if (known.archived === true && known.refusal === null) return 'original-archived';
  if (!saysAmountOf(run, known, request.amountFen)) return 'original-mismatch';
  if (known.refusal !== null) return { ...noEffect, originalId: known.id };
  return reverse(run, reversedOf(run, request, known), id);
}

/**
 * Whether a reversal says its original's amount. One of an original without an amount (a void, a ride) says none
 * either, or what it moved on the holder's purses; for the void of an authorisation, what was authorised.
 */
function saysAmountOf(run: Run, known: KnownOutcome, amountFen: Fen | null): boolean {
  if (known.amountFen !== null || amountFen === null) return known.amountFen === amountFen;
  if (known.refusal !== null) return true;
  const ofPurses = known.legs.filter((leg) => isPurse(leg.accountId));
  const movedFen = ofPurses.reduce((sum, leg) => sum + leg.amountFen, 0n);
  if (ofPurses.length > 0) return amountFen === movedFen || amountFen === -movedFen;
  const isRelease = known.kind === kindCodes.void && known.originalId !== null;
  const holds = isRelease ? holdsNow(run, known.originalId) : [];
  return holds.length > 0 && amountFen === sumFen(holds.map((hold) => hold.amountFen));
}

function reverse(run: Run, original: Reversed, id: bigint): Effect | Refusal {
  switch (original.kind) {
    case kindCodes.authorise:
      return releaseEffect(run, original, id);
    case kindCodes.payment:
    case kindCodes.load: {
      const legs = legsNow(run, original.id, original.legs);
      // A free transfer moved nothing, so there is nothing to move back.
      if (legs.length === 0) {
        const sectorState = undone(run, original, { amountFen: fen(0), whole: true });
        return { ...noEffect, originalId: original.id, sectorState };
      }
      return giveBack(run, original, returnWhole(original.id, legs));
    }
    case kindCodes.capture:
      return canRedo(original) ? uncapture(run, original) : 'not-returnable';
    case kindCodes.void:
      if (!canRedo(original)) return 'not-returnable';
      return original.legs.length === 0 ? unrelease(run, original) : unvoid(run, original);
    default:
      return 'not-returnable';
  }
}

/** What a sector keeps must stand again exactly, too. */
function canRedo(original: Reversed): boolean {
  return sectorOfCode(original.sector).redo !== undefined;
}

/** A capture that never was: its money is back, and held again where the authorisation would still be open. */
function uncapture(run: Run, capture: Reversed): Effect | Refusal {
  const returned = returnWhole(capture.id, legsNow(run, capture.id, capture.legs));
  if (typeof returned === 'string') return returned;
  const effect = post(run, returned.postings);
  if (typeof effect === 'string') return effect;
  const ofPurses = returned.postings.filter((posting) => isPurse(posting.accountId));
  const takenBack = new Map(ofPurses.map(({ accountId, amountFen }) => [accountId, amountFen]));
  const credited = new Map(effect.accounts.map((account) => [account.id, account]));
  const change = reopened(run, capture, { takenBack, credited });
  for (const account of change.accounts) credited.set(account.id, account);
  return {
    ...effect,
    originalId: capture.id,
    accounts: [...credited.values()],
    holds: change.holds,
    corrections: returned.corrections,
    sectorState: heldAgain(run, capture, change),
  };
}

/** The void of an authorisation that never was: what it freed is held again, as far as it is still free. */
function unrelease(run: Run, release: Reversed): Effect | Refusal {
  // A void marks what it ended, and only its reversal takes the mark off.
  const marked = holdsNow(run, followedId(release)).some((hold) => hold.endedBy === release.id);
  if (!marked) return 'already-returned';
  const change = reopened(run, release, { takenBack: new Map(), credited: new Map() });
  return {
    ...noEffect,
    originalId: release.id,
    accounts: change.accounts,
    holds: change.holds,
    sectorState: heldAgain(run, release, change),
  };
}

/**
 * The void of a payment that never was: what it gave back is taken again, if it was not spent, and the payment stands
 * as before: a void found nothing returned of it, and after it nothing could be.
 */
function unvoid(run: Run, voided: Reversed): Effect | Refusal {
  const payment = { ...voided, id: followedId(voided) };
  const legs = legsNow(run, voided.id, voided.legs);
  // Where the funds alone paid, no purse says whose entry it is: the books' guard could not find its journal.
  if (!legs.some((leg) => isPurse(leg.accountId))) return 'not-returnable';
  const returned = returnWhole(voided.id, legs);
  if (typeof returned === 'string') return returned;
  const effect = post(run, returned.postings);
  if (typeof effect === 'string') return effect;
  return {
    ...effect,
    originalId: voided.id,
    corrections: [...returned.corrections, ...standingAgain(payment.id, returned)],
    sectorState: redone(run, payment, returnedFen(returned)),
  };
}

/** What the void marked as returned of the payment is so no more; its legs are those of the void, turned round. */
function standingAgain(paymentId: bigint, { corrections }: Return): Return['corrections'] {
  return corrections.map((correction) => ({ ...correction, entryId: paymentId, returnedFen: fen(0) }));
}

function reopened(
  run: Run,
  original: Reversed,
  back: Pick<Undoing, 'takenBack'> & { readonly credited: Run['accounts'] },
): Reopened {
  const holds = holdsNow(run, followedId(original));
  if (holds.length === 0) throw new Error('an authorisation without its holds');
  const { nowMs } = run.state;
  const hasRoom = (accountId: bigint) => (run.openHoldCounts.get(accountId) ?? 0) < openHoldsMax;
  const before = new Map([...run.accounts, ...back.credited]);
  return reopenHolds(holds, before, { entryId: original.id, takenBack: back.takenBack, nowMs, hasRoom });
}

/** What is held again counts as spent again with the authorisation; what is not held any more is given up with it. */
function heldAgain(run: Run, original: Reversed, { heldAgainFen }: Reopened): Effect['sectorState'] {
  // The fields of the authorisation were not read; no sector that can redo asks for them.
  const authorisation = { ...original, id: followedId(original), detail: null };
  return heldAgainFen < 0n
    ? undone(run, authorisation, { amountFen: fen(-heldAgainFen), whole: false })
    : redone(run, authorisation, fen(heldAgainFen));
}

function followedId({ followedId: id }: Reversed): bigint {
  if (id === null) throw new Error('a capture or void that followed nothing');
  return id;
}

function reversedOf(run: Run, request: Request, known: KnownOutcome): Reversed {
  return {
    id: known.id,
    ownerId: request.card.cardAccountId,
    kind: known.kind,
    sector: known.sector,
    participantId: run.state.reference.terminals.get(request.terminalId)?.participantId ?? 0,
    businessDate: known.businessDate,
    detail: known.detail,
    legs: known.legs,
    followedId: known.originalId,
  };
}
