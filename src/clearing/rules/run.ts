import type { Leg } from '#clearing/outcome.ts';
import { detailText, kindCodes, type Request } from '#clearing/request.ts';
import type { OutcomeRow } from '#idempotency/rules/outcome-rows.ts';
import { accountOwner, bucketOf, isPurse } from '#ledger/rules/accounts.ts';
import type { Account, Posting } from '#ledger/rules/entry.ts';
import { type Hold, isExpired, releaseHolds } from '#ledger/rules/holds.ts';
import type { Correction, OriginalLeg } from '#ledger/rules/returns.ts';
import { sectorNamed } from '#sectors/all.ts';
import type { GroupState, KnownOutcome, Writes } from './state.ts';

/** A group while it is being decided: the state as the requests before have left it. */
export interface Run {
  readonly state: GroupState;
  readonly accounts: Map<bigint, Account>;
  readonly changedAccounts: Set<bigint>;
  /** Open holds by the authorisation that placed them. */
  readonly openHolds: Map<bigint, Hold[]>;
  /** How many open holds a purse carries. */
  readonly openHoldCounts: Map<bigint, number>;
  readonly changedHolds: Map<string, Hold>;
  /** In the bucket of the card account: also of legs that are no purse's. */
  readonly corrections: Map<string, Correction & { readonly bucket: number }>;
  readonly known: Map<string, KnownOutcome>;
  readonly sectorStates: Map<string, Map<bigint, unknown>>;
  readonly changedSectors: Map<string, Set<bigint>>;
  readonly outcomes: OutcomeRow[];
  readonly entries: Writes['entries'];
  readonly postings: Writes['postings'];
  nextId: bigint;
}

/** What a sector keeps about one of its owners from now on. */
interface SectorState {
  readonly sector: string;
  readonly ownerId: bigint;
  readonly state: unknown;
}

/** What an approved request does. Everything in it is the state after the request. */
export interface Effect {
  readonly originalId: bigint | null;
  readonly postings: readonly Posting[];
  readonly accounts: readonly Account[];
  readonly holds: readonly Hold[];
  readonly corrections: readonly Correction[];
  readonly sectorState: SectorState | null;
  /** What the sector adds to the request's own fields. */
  readonly note: Readonly<Record<string, string>> | null;
  /** For a reversal that came first: its original, which is refused from now on. */
  readonly tombstone: boolean;
}

export const noEffect: Effect = {
  originalId: null,
  postings: [],
  accounts: [],
  holds: [],
  corrections: [],
  sectorState: null,
  note: null,
  tombstone: false,
};

/** Begins a group: holds whose time is over are released before anybody asks what a purse can pay. */
export function startRun(state: GroupState): Run {
  const run: Run = {
    state,
    accounts: new Map(state.accounts),
    changedAccounts: new Set(),
    openHolds: new Map(),
    openHoldCounts: new Map(),
    changedHolds: new Map(),
    corrections: new Map(),
    known: new Map(),
    sectorStates: new Map([...state.sectorStates].map(([name, states]) => [name, new Map(states)])),
    changedSectors: new Map(),
    outcomes: [],
    entries: [],
    postings: [],
    nextId: state.firstId,
  };
  for (const outcome of state.known) remember(run, outcome);
  const expired = state.openHolds.filter((hold) => isExpired(hold, state.nowMs));
  for (const hold of state.openHolds) if (!isExpired(hold, state.nowMs)) setOpen(run, hold);
  const released = expired.length === 0 ? null : releaseHolds(expired, run.accounts, 'expired');
  if (released !== null && typeof released !== 'string') {
    for (const account of released.accounts) keepAccount(run, account);
    for (const hold of released.holds) run.changedHolds.set(holdKey(hold), hold);
  }
  return run;
}

export function remember(run: Run, outcome: KnownOutcome): void {
  const { businessKey, callerKey } = outcome;
  for (const key of callerKey === null ? [businessKey] : [businessKey, callerKey]) {
    const other = run.known.get(key);
    // Over machines a key that two cards used at the same moment, in two buckets, has an outcome for each of them.
    if (other !== undefined && other.cardId !== outcome.cardId) {
      for (const each of [other, outcome]) run.known.set(keyOfCard(key, each.cardId), each);
    }
    run.known.set(key, outcome);
  }
}

/** The outcome under a key: the card's own where several cards used it. */
export function knownBy(run: Run, key: string, cardId: bigint): KnownOutcome | undefined {
  const known = run.known.get(key);
  if (known === undefined || known.cardId === cardId) return known;
  return run.known.get(keyOfCard(key, cardId)) ?? known;
}

const keyOfCard = (key: string, cardId: bigint) => `${key} ${cardId}`;

/** The legs of an original with what went back of them, also by requests of this group. */
export function legsNow(run: Run, entryId: bigint, legs: readonly OriginalLeg[]): OriginalLeg[] {
  return legs.map((leg) => {
    const corrected = run.corrections.get(`${entryId}:${leg.accountId}`);
    return corrected === undefined ? leg : { ...leg, returnedFen: corrected.returnedFen };
  });
}

/** All holds of an authorisation that a reversal's original followed, as the requests before have left them. */
export function holdsNow(run: Run, authorisationId: bigint): Hold[] {
  const holds = new Map<string, Hold>();
  const open = run.openHolds.get(authorisationId) ?? [];
  for (const hold of [...run.state.followedHolds, ...open, ...run.changedHolds.values()])
    if (hold.entryId === authorisationId) holds.set(holdKey(hold), hold);
  return [...holds.values()].sort(byPurse);
}

/** Takes an effect over into the run and journals it; gives the legs that the caller is told. */
export function apply(
  run: Run,
  request: Request,
  done: { readonly id: bigint; readonly effect: Effect; readonly hasDetail: boolean },
): Leg[] {
  const { id, effect, hasDetail } = done;
  for (const account of effect.accounts) keepAccount(run, { ...account, lastEntryId: id });
  for (const hold of effect.holds) keepHold(run, hold);
  const { bucket, cardAccountId } = request.card;
  for (const correction of effect.corrections) {
    run.corrections.set(`${correction.entryId}:${correction.accountId}`, { ...correction, bucket });
  }
  if (effect.sectorState !== null) keepSectorState(run, effect.sectorState);
  const terminal = run.state.reference.terminals.get(request.terminalId);
  run.entries.push({
    ownerId: cardAccountId,
    id,
    originalId: effect.originalId,
    participantId: terminal?.participantId ?? 0,
    terminalId: request.terminalId,
    bucket,
    kind: kindCodes[request.kind],
    sector: sectorCode(request),
    hasDetail,
  });
  return effect.postings.map(({ accountId, amountFen }) => {
    const balanceFen = isPurse(accountId) ? (run.accounts.get(accountId)?.balanceFen ?? null) : null;
    run.postings.push({ bucket, entryId: id, accountId, amountFen, balanceFen });
    return { accountId, amountFen, balanceFen };
  });
}

/** The request as it is pinned under its keys. */
export function outcomeRow(request: Request, id: bigint, refusal: string | null): OutcomeRow {
  return {
    id,
    bucket: request.card.bucket,
    callerKey: request.callerKey,
    businessKey: request.businessKey,
    kind: kindCodes[request.kind],
    sector: sectorCode(request),
    cardId: request.card.cardId,
    amountFen: request.amountFen,
    originalId: request.original?.id ?? null,
    localTime: request.localTime,
    detail: detailText(request),
    refusal,
  };
}

/** What the group changed, for the shell to write. */
export function writesOf(run: Run): Writes {
  const withBucket = (accountId: bigint) => bucketOf(accountOwner(accountId));
  const sectorStates = new Map(
    [...run.changedSectors].map(([sector, ids]) => [
      sector,
      sorted(ids).map((ownerId) => ({
        bucket: bucketOf(ownerId),
        ownerId,
        state: run.sectorStates.get(sector)?.get(ownerId),
      })),
    ]),
  );
  return {
    outcomes: run.outcomes,
    entries: run.entries,
    postings: run.postings,
    accounts: sorted(run.changedAccounts).map((id) => ({
      ...(run.accounts.get(id) as Account),
      bucket: withBucket(id),
    })),
    holds: [...run.changedHolds.values()].map((hold) => ({ ...hold, bucket: withBucket(hold.accountId) })),
    corrections: [...run.corrections.values()],
    sectorStates,
  };
}

function keepAccount(run: Run, account: Account): void {
  run.accounts.set(account.id, account);
  run.changedAccounts.add(account.id);
}

function keepHold(run: Run, hold: Hold): void {
  run.changedHolds.set(holdKey(hold), hold);
  setOpen(run, hold);
}

/** Puts a hold among its authorisation's open holds, or takes it out when it is finished. */
function setOpen(run: Run, hold: Hold): void {
  const before = run.openHolds.get(hold.entryId) ?? [];
  const after = before.filter((other) => other.accountId !== hold.accountId);
  if (hold.state === 'open') after.push(hold);
  // In the order in which they are read, whatever the group: a capture takes from the first of them first.
  after.sort(byPurse);
  run.openHolds.set(hold.entryId, after);
  const count = run.openHoldCounts.get(hold.accountId) ?? 0;
  run.openHoldCounts.set(hold.accountId, count + after.length - before.length);
}

function keepSectorState(run: Run, kept: SectorState): void {
  const states = run.sectorStates.get(kept.sector) ?? new Map<bigint, unknown>();
  states.set(kept.ownerId, kept.state);
  run.sectorStates.set(kept.sector, states);
  const changed = run.changedSectors.get(kept.sector) ?? new Set<bigint>();
  changed.add(kept.ownerId);
  run.changedSectors.set(kept.sector, changed);
}

function byPurse(a: Hold, b: Hold): number {
  return a.accountId < b.accountId ? -1 : 1;
}

function holdKey(hold: Hold): string {
  return `${hold.entryId}:${hold.accountId}`;
}

function sectorCode(request: Request): number {
  const sector = sectorNamed(request.sector);
  if (sector === undefined) throw new RangeError('a channel let an unknown sector through');
  return sector.code;
}

function sorted(ids: Iterable<bigint>): bigint[] {
  return [...ids].sort((a, b) => (a < b ? -1 : 1));
}
