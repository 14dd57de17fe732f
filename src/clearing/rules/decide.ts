import { refuseCard } from '#cards/rules/status.ts';
import type { Decision, Outcome, Refusal } from '#clearing/outcome.ts';
import { kindCodes, kindOfCode, pinnedDetail, type Request, saidDetail } from '#clearing/request.ts';
import { differingField } from '#idempotency/rules/compare.ts';
import { isNamed } from '#idempotency/rules/keys.ts';
import { amountFenMax } from '#money/fen.ts';
import { hainanDay } from '#platform/calendar.ts';
import { idsPerGroupMax } from '#platform/ids.ts';
import { sectorNamed } from '#sectors/all.ts';
import { refuseTerminal, type TerminalKind } from '#terminals/rules/permission.ts';
import { captureEffect } from './hold-effects.ts';
import { paymentEffect } from './payment-effects.ts';
import { said } from './repeat.ts';
import { refundEffect, voidEffect } from './return-effects.ts';
import { reversalEffect } from './reversal-effects.ts';
import { apply, type Effect, knownBy, outcomeRow, type Run, remember, startRun, writesOf } from './run.ts';
import type { GroupState, KnownOutcome, Writes } from './state.ts';

export interface Decided {
  /** One decision per request, in their order. */
  readonly decisions: Decision[];
  readonly writes: Writes;
}

/**
 * The heart: what becomes of a group of requests, in order of arrival. Pure: the same requests and state give
 * the same decisions and writes. Repeats get the outcome they had, also within the group.
 */
export function decide(requests: readonly Request[], state: GroupState): Decided {
  // A reversal may take two places: its own, and the tombstone of its original.
  if (requests.length * 2 > idsPerGroupMax) throw new RangeError('a group larger than its block of ids');
  const run = startRun(state);
  const decisions = requests.map((request) => decideOne(run, request));
  return { decisions, writes: writesOf(run) };
}

function decideOne(run: Run, request: Request): Decision {
  const repeat = findRepeat(run, request);
  if (repeat !== null) return repeat;
  assertAmount(request);
  const id = run.nextId;
  run.nextId += 1n;
  const effect = judge(run, request, id);
  const refusal = typeof effect === 'string' ? effect : null;
  const plain = outcomeRow(request, id, refusal);
  const note = typeof effect === 'string' ? null : effect.note;
  const row = note === null ? plain : { ...plain, detail: pinnedDetail(request, note) };
  const hasDetail = row.detail !== null;
  const legs = typeof effect === 'string' ? [] : apply(run, request, { id, effect, hasDetail });
  run.outcomes.push(row);
  const known = {
    ...row,
    businessDate: run.state.businessDate,
    legs: legs.map((leg) => ({ ...leg, returnedFen: 0n })),
  };
  remember(run, known);
  if (typeof effect !== 'string' && effect.tombstone) bury(run, request);
  return outcomeOf(request, known, false);
}

/** Asserted here once for every rule below: a negative amount would turn each of them round. */
function assertAmount({ amountFen }: Request): void {
  if (amountFen !== null && (amountFen < 1n || amountFen > amountFenMax))
    throw new RangeError('an amount that no request may carry');
}

/** The earlier outcome of a repeat, or the field in which a reused key differs; null for a first. */
function findRepeat(run: Run, request: Request): Decision | null {
  const { callerKey, businessKey, card } = request;
  const byCaller = callerKey === null ? undefined : knownBy(run, callerKey, card.cardId);
  const known = byCaller ?? knownBy(run, businessKey, card.cardId);
  if (known === undefined) return null;
  const isTombstone = known.refusal === 'reversed-before-arrival';
  const field = isTombstone
    ? null
    : differingField(said(request), { ...known, detail: saidDetail(known.detail) });
  // An original that meets its tombstone comes for the first time: it repeats nothing.
  return field === null ? outcomeOf(request, known, !isTombstone) : { status: 'key-reused', field };
}

function outcomeOf(request: Request, known: KnownOutcome, replay: boolean): Outcome {
  return {
    status: 'decided',
    id: known.id,
    kind: replay ? kindOfCode(known.kind) : request.kind,
    cardAccountId: request.card.cardAccountId,
    businessDate: known.businessDate,
    refusal: known.refusal as Refusal | null,
    legs: known.legs,
    amountFen: known.amountFen,
    callerKey: known.callerKey,
    replay,
    ...(isInArchive(known) ? { isArchived: true } : {}),
  };
}

/** What an authorisation holds it has asked for; of anything else that was approved the entry alone says what it moved. */
function isInArchive({ kind, refusal, isDayArchived }: KnownOutcome): boolean {
  return isDayArchived === true && refusal === null && kind !== kindCodes.authorise;
}

const askedKinds: Record<Request['kind'], TerminalKind> = {
  payment: 'payment',
  load: 'load',
  authorise: 'hold',
  capture: 'hold',
  void: 'hold',
  refund: 'refund',
  reversal: 'reversal',
  compensation: 'compensation',
};

/** Whoever voids a payment gives money back; whoever voids an authorisation lets it go. */
function askedKind(run: Run, { kind, original }: Request): TerminalKind {
  const voided = kind === 'void' && original?.id != null ? run.state.originals.get(original.id) : undefined;
  return voided?.kind === kindCodes.payment ? 'refund' : askedKinds[kind];
}

function judge(run: Run, request: Request, id: bigint): Effect | Refusal {
  const { terminals, participants } = run.state.reference;
  const terminal = terminals.get(request.terminalId);
  if (terminal === undefined) return 'terminal-not-active';
  // A reversal's batch is part of its original's name: the terminal may be in the next one by now.
  // What has a name of its own comes in whatever batch the terminal is in, also where who asked knew of an older one.
  const isBatchOpen = request.kind === 'reversal' || isNamed(request.businessKey);
  const batchNumber = isBatchOpen ? terminal.batchNumber : request.batchNumber;
  const asked = { kind: askedKind(run, request), sector: request.sector, batchNumber };
  const refusal = refuseTerminal(terminal, asked);
  if (refusal !== null) return refusal;
  if (participants.get(terminal.participantId)?.active !== true) return 'participant-not-active';
  switch (request.kind) {
    case 'payment':
    case 'load':
    case 'authorise':
      return refuseCardOf(run, request) ?? refusePin(request) ?? paymentEffect(run, request, id);
    case 'capture':
      return captureEffect(run, request, id);
    case 'void':
      return voidEffect(run, request, id);
    case 'refund':
    case 'compensation':
      return refundEffect(run, request);
    case 'reversal':
      return reversalEffect(run, request, id);
  }
}

/** Whoever typed a PIN that is not the holder's does not pay, also where none was asked for. */
function refusePin({ pin }: Request): Refusal | null {
  return pin === undefined || pin === 'right' ? null : pin;
}

/**
 * Only new debits and loads ask for a good card: money may always go back to where it came from. What a sector
 * pays to the person and not to the plastic asks only that the card was not closed.
 */
function refuseCardOf(run: Run, request: Request): Refusal | null {
  const card = run.state.cards.get(request.card.cardId);
  if (card === undefined) throw new Error('a card that was resolved has no row');
  const { nowMs } = run.state;
  if (sectorNamed(request.sector)?.needsGoodCard === false)
    return card.status === 'closed' ? 'card-closed' : null;
  return refuseCard(card, { nowMs, today: hainanDay(nowMs) });
}

/** Leaves a tombstone under the original's key, so that the original is refused whenever it comes. */
function bury(run: Run, reversal: Request): void {
  const businessKey = reversal.original?.businessKey;
  if (businessKey == null) throw new Error('a reversal names its original by its key');
  const id = run.nextId;
  run.nextId += 1n;
  const row = { ...outcomeRow(reversal, id, 'reversed-before-arrival'), businessKey, callerKey: null };
  run.outcomes.push(row);
  remember(run, { ...row, businessDate: run.state.businessDate, legs: [] });
}
