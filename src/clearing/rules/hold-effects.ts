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
export function captureEffect(run: Run, request: Request, id: bigint): Effect | Refusal {
  const original = findAuthorisation(run, request);
  if (typeof original === 'string') return original;
  if (request.amountFen === null) return 'amount-missing';
  const open = run.openHolds.get(original.id) ?? [];
  const capture = { entryId: id, amountFen: request.amountFen, final: request.final };
  const change = captureHolds(open, run.accounts, capture);
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
export function releaseEffect(run: Run, original: OriginalEntry, id: bigint): Effect | Refusal {
  const open: Hold[] = run.openHolds.get(original.id) ?? [];
  const change = releaseHolds(open, run.accounts, { voidedBy: id });
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
  if (original.archived === true) return 'original-archived';
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

/** What a sector is told of an entry of its own. */
type TakenBack = Pick<OriginalEntry, 'id' | 'ownerId' | 'sector' | 'participantId' | 'detail'>;

/** What the sector keeps once an amount of an entry of its own, or all that is left of it, was taken back. */
export function undone(
  run: Run,
  original: TakenBack,
  { amountFen, whole }: { readonly amountFen: Fen; readonly whole: boolean },
): Effect['sectorState'] {
  if (amountFen <= 0n && !whole) return null;
  const { sector, ownerId, before, told } = keptOf(run, original);
  const state = sector.undo({ ...told, amountFen, whole }, before);
  return state === null ? null : { sector: sector.name, ownerId, state };
}

/** What the sector keeps once an amount of an entry of its own that was taken back stands again. */
export function redone(run: Run, original: TakenBack, amountFen: Fen): Effect['sectorState'] {
  if (amountFen <= 0n) return null;
  const { sector, ownerId, before, told } = keptOf(run, original);
  if (sector.redo === undefined) throw new Error('a sector that cannot redo was not asked before');
  const state = sector.redo({ ...told, amountFen }, before);
  return state === null ? null : { sector: sector.name, ownerId, state };
}

function keptOf(run: Run, { id: entryId, ownerId: cardAccountId, sector: code, ...original }: TakenBack) {
  const sector = sectorOfCode(code);
  const { participantId } = original;
  const ownerId = sector.keeps === 'participant' ? BigInt(participantId) : cardAccountId;
  const before = run.sectorStates.get(sector.name)?.get(ownerId);
  const detail = detailFields(original.detail);
  return { sector, ownerId, before, told: { entryId, participantId, detail, nowMs: run.state.nowMs } };
}
