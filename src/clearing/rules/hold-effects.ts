import type { Refusal } from '#clearing/outcome.ts';
import { detailFields, kindCodes, type Request } from '#clearing/request.ts';
import { accountId } from '#ledger/rules/accounts.ts';
import { captureHolds, type Hold, releaseHolds, remainingFen } from '#ledger/rules/holds.ts';
import { byAccount } from '#ledger/rules/returns.ts';
import { type Fen, fen, sumFen } from '#money/fen.ts';
import { sectorNamed, sectorOfCode } from '#sectors/all.ts';
import { type Effect, noEffect, type Run } from './run.ts';
import type { OriginalEntry } from './state.ts';

/** Takes an amount from an authorisation, once or in parts. */
export function captureEffect(run: Run, request: Request): Effect | Refusal {
  const original = findAuthorisation(run, request);
  if (typeof original === 'string') return original;
  if (request.amountFen === null) return 'amount-missing';
  const open = run.openHolds.get(original.id) ?? [];
  const change = captureHolds(open, run.accounts, { amountFen: request.amountFen, final: request.final });
  if (typeof change === 'string') return change;
  const payable = accountId(BigInt(original.participantId), 'payable');
  const postings = [...change.debits, { accountId: payable, amountFen: request.amountFen }].sort(byAccount);
  const freedFen = request.final ? fen(sumFen(open.map(remainingFen)) - request.amountFen) : fen(0);
  return {
    ...noEffect,
    originalId: original.id,
    postings,
    accounts: change.accounts,
    holds: change.holds,
    sectorState: undone(run, original, { amountFen: freedFen, whole: false }),
  };
}

/** What is left of an authorisation becomes free again: by a void, or by the reversal of the authorisation. */
export function releaseEffect(run: Run, original: OriginalEntry): Effect | Refusal {
  const open: Hold[] = run.openHolds.get(original.id) ?? [];
  const change = releaseHolds(open, run.accounts, 'voided');
  if (typeof change === 'string') return change;
  return {
    ...noEffect,
    originalId: original.id,
    accounts: change.accounts,
    holds: change.holds,
    sectorState: undone(run, original, {
      amountFen: sumFen(open.map(remainingFen)),
      whole: open.every((hold) => hold.capturedFen === 0n),
    }),
  };
}

function findAuthorisation(run: Run, request: Request): OriginalEntry | Refusal {
  const original = findOriginal(run, request);
  if (typeof original === 'string') return original;
  return original.kind === kindCodes.authorise ? original : 'original-mismatch';
}

/** The entry a request speaks of: of the same card account, participant and sector. */
export function findOriginal(run: Run, request: Request): OriginalEntry | Refusal {
  const id = request.original?.id;
  const original = id == null ? undefined : run.state.originals.get(id);
  if (original === undefined || original.ownerId !== request.card.cardAccountId) return 'original-not-found';
  // A desk of ours gives back what another participant charged; the request names its sector.
  if (request.kind === 'compensation') {
    const sector = sectorNamed(request.sector);
    if (original.sector !== sector?.code) return 'original-mismatch';
    // What a sector keeps about its participant is read for the one that acts, and the desk is another.
    return sector.keeps === 'card-account' ? original : 'not-returnable';
  }
  const terminal = run.state.reference.terminals.get(request.terminalId);
  const isTheirs =
    original.participantId === terminal?.participantId &&
    original.sector === sectorNamed(request.sector)?.code;
  return isTheirs ? original : 'original-mismatch';
}

/** What the sector keeps once an amount of an entry of its own, or all that is left of it, was taken back. */
export function undone(
  run: Run,
  original: OriginalEntry,
  { amountFen, whole }: { readonly amountFen: Fen; readonly whole: boolean },
): Effect['sectorState'] {
  if (amountFen <= 0n && !whole) return null;
  const sector = sectorOfCode(original.sector);
  const ownerId = sector.keeps === 'participant' ? BigInt(original.participantId) : original.ownerId;
  const before = run.sectorStates.get(sector.name)?.get(ownerId);
  const { id: entryId, participantId } = original;
  const detail = detailFields(original.detail);
  const state = sector.undo(
    { entryId, participantId, amountFen, whole, detail, nowMs: run.state.nowMs },
    before,
  );
  return state === null ? null : { sector: sector.name, ownerId, state };
}
