import type { CardRef, CardState } from '#cards/store.ts';
import type { Decision } from '#clearing/outcome.ts';
import { pursesOf } from '#clearing/read-group.ts';
import type { Request } from '#clearing/request.ts';
import { type Decided, decide } from '#clearing/rules/decide.ts';
import { sectorOwner } from '#clearing/rules/sector-owner.ts';
import type { GroupState, KnownOutcome, OriginalEntry, Reference, Writes } from '#clearing/rules/state.ts';
import { accountId, accountOwner, anchorAccount, type Purse } from '#ledger/rules/accounts.ts';
import type { Account } from '#ledger/rules/entry.ts';
import type { Hold } from '#ledger/rules/holds.ts';
import { firstIdOfGroup } from '#platform/ids.ts';

/** A card of the books in memory. */
export interface MemoryCard {
  readonly card: CardRef;
  readonly expiresOn: string;
  readonly product: string;
  readonly purses: readonly Purse[];
}

/**
 * Groups decided by the real `decide`, with maps in the place of tables: fast enough for hundreds of thousands
 * of requests. It reads for a group what the shell reads, no more, and keeps what was decided to be written.
 */
export interface MemoryClearing {
  readonly accounts: Map<bigint, Account>;
  readonly holds: Map<string, Hold>;
  readonly cards: Map<bigint, CardState>;
  clear(requests: readonly Request[], nowMs: number): Decision[];
  /** What `decide` is told of a group. */
  stateOf(requests: readonly Request[], nowMs: number): GroupState;
}

interface Tables extends Pick<MemoryClearing, 'accounts' | 'holds' | 'cards'> {
  readonly reference: Reference;
  readonly businessDate: string;
  readonly known: Map<string, KnownOutcome>;
  readonly returned: Map<string, bigint>;
  readonly entries: Map<bigint, OriginalEntry>;
  readonly sectors: Map<string, Map<bigint, unknown>>;
  nextId: bigint;
}

export function memoryClearing(
  reference: Reference,
  businessDate: string,
  cards: readonly MemoryCard[],
): MemoryClearing {
  const tables: Tables = {
    reference,
    businessDate,
    accounts: new Map(),
    holds: new Map(),
    cards: new Map(),
    known: new Map(),
    returned: new Map(),
    entries: new Map(),
    sectors: new Map(),
    nextId: 0n,
  };
  for (const { card, expiresOn, product, purses: codes } of cards) {
    const { cardId, cardAccountId } = card;
    const good = { status: 'active', expiresOn, liftsAtMs: null } as const;
    tables.cards.set(cardId, { cardId, cardAccountId, product, ...good });
    for (const code of codes) {
      const id = accountId(cardAccountId, code);
      tables.accounts.set(id, { id, balanceFen: 0n, heldFen: 0n, floorFen: 0n, lastEntryId: 0n });
    }
  }
  return {
    accounts: tables.accounts,
    holds: tables.holds,
    cards: tables.cards,
    stateOf: (requests, nowMs) => readState(tables, requests, nowMs),
    clear: (requests, nowMs) => {
      const state = readState(tables, requests, nowMs);
      const decided = decide(requests, state);
      keep(tables, decided, state.firstId);
      return decided.decisions;
    },
  };
}

function readState(tables: Tables, requests: readonly Request[], nowMs: number): GroupState {
  const locked = new Set(requests.flatMap((request) => lockedBy(request, tables.reference)));
  const owners = new Set(requests.map(({ card }) => card.cardAccountId));
  const accounts = pickSome(tables.accounts, locked);
  const seen = [...accounts.values()].map((account) => account.lastEntryId);
  const lastSeenId = seen.reduce((a, b) => (a > b ? a : b), tables.nextId);
  const keys = requests.flatMap(({ callerKey, businessKey, original }) => [
    ...(callerKey === null ? [] : [callerKey]),
    businessKey,
    ...(original?.businessKey == null ? [] : [original.businessKey]),
  ]);
  const ids = requests.flatMap(({ original }) => (original?.id == null ? [] : [original.id]));
  const withReturned = <
    Found extends { readonly id: bigint; readonly legs: readonly { accountId: bigint }[] },
  >(
    found: Found,
  ): Found => ({
    ...found,
    legs: found.legs.map((leg) => ({
      ...leg,
      returnedFen: tables.returned.get(`${found.id}:${leg.accountId}`) ?? 0n,
    })),
  });
  return {
    businessDate: tables.businessDate,
    nowMs,
    firstId: firstIdOfGroup(0, nowMs, lastSeenId),
    accounts,
    purposes: new Map([...tables.accounts].filter(([id]) => owners.has(accountOwner(id)))),
    openHolds: [...tables.holds.values()].filter(
      (hold) => hold.state === 'open' && locked.has(hold.accountId),
    ),
    followedHolds: followedHolds(tables, requests),
    cards: pickSome(tables.cards, new Set(requests.map(({ card }) => card.cardId))),
    known: [...pickSome(tables.known, new Set(keys)).values()].map(withReturned),
    originals: new Map(
      [...pickSome(tables.entries, new Set(ids))].map(([id, entry]) => [id, withReturned(entry)]),
    ),
    reference: tables.reference,
    sectorStates: readSectors(tables, requests),
  };
}

function followedHolds(tables: Tables, requests: readonly Request[]): Hold[] {
  const followed = new Set<bigint>();
  const reversed = new Set(requests.map(({ original }) => original?.businessKey));
  for (const { businessKey, original } of requests) {
    const known = original?.businessKey == null ? undefined : tables.known.get(original.businessKey);
    if (known?.refusal === null && known.originalId !== null) followed.add(known.originalId);
    if (original?.id != null && reversed.has(businessKey)) followed.add(original.id);
  }
  return [...tables.holds.values()].filter((hold) => followed.has(hold.entryId));
}

function lockedBy(request: Request, reference: Reference): bigint[] {
  const { cardAccountId } = request.card;
  const touched = [...pursesOf(request, reference)].map((purse) => accountId(cardAccountId, purse));
  return [anchorAccount(cardAccountId), ...touched];
}

function readSectors(tables: Tables, requests: readonly Request[]): Map<string, Map<bigint, unknown>> {
  const read = new Map<string, Map<bigint, unknown>>();
  for (const request of requests) {
    const { sector } = request;
    const states = read.get(sector) ?? new Map<bigint, unknown>();
    const ownerId = sectorOwner(request, tables.reference);
    const state = tables.sectors.get(sector)?.get(ownerId);
    if (state !== undefined) states.set(ownerId, state);
    read.set(sector, states);
  }
  return read;
}

function keep(tables: Tables, { writes }: Decided, firstId: bigint): void {
  if (writes.outcomes.length === 0) return;
  tables.nextId = firstId + BigInt(writes.outcomes.length);
  keepJournal(tables, writes);
  for (const { bucket: _, ...account } of writes.accounts) {
    if (account.balanceFen - account.heldFen < account.floorFen) throw new Error('a purse below its floor');
    tables.accounts.set(account.id, account);
  }
  for (const { bucket: _, ...hold } of writes.holds)
    tables.holds.set(`${hold.entryId}:${hold.accountId}`, hold);
  for (const row of writes.corrections)
    tables.returned.set(`${row.entryId}:${row.accountId}`, row.returnedFen);
  for (const [name, changed] of writes.sectorStates) {
    const states = tables.sectors.get(name) ?? new Map<bigint, unknown>();
    for (const { ownerId, state } of changed) states.set(ownerId, state);
    tables.sectors.set(name, states);
  }
}

function keepJournal(tables: Tables, writes: Writes): void {
  const legsOf = Map.groupBy(writes.postings, (posting) => posting.entryId);
  const legs = (id: bigint) => (legsOf.get(id) ?? []).map((leg) => ({ ...leg, returnedFen: 0n }));
  const { businessDate } = tables;
  const details = new Map(writes.outcomes.map((row) => [row.id, row.detail]));
  for (const entry of writes.entries) {
    const detail = details.get(entry.id) ?? null;
    tables.entries.set(entry.id, { ...entry, businessDate, detail, legs: legs(entry.id) });
  }
  for (const row of writes.outcomes) {
    const outcome = { ...row, businessDate: tables.businessDate, legs: legs(row.id) };
    for (const key of [row.businessKey, row.callerKey]) {
      if (key === null) continue;
      if (tables.known.has(key)) throw new Error('a key was pinned twice');
      tables.known.set(key, outcome);
    }
  }
}

function pickSome<Key, Value>(all: ReadonlyMap<Key, Value>, keys: ReadonlySet<Key>): Map<Key, Value> {
  const found = new Map<Key, Value>();
  for (const key of keys) {
    const value = all.get(key);
    if (value !== undefined) found.set(key, value);
  }
  return found;
}

/** What is held on a purse of the books now: a hold stops counting at its last moment, swept or not. */
export function heldNow(holds: Iterable<Hold>, purse: bigint, nowMs: number): bigint {
  let held = 0n;
  for (const hold of holds) {
    const counts = hold.accountId === purse && hold.state === 'open' && hold.expiresAtMs > nowMs;
    if (counts) held += hold.amountFen - hold.capturedFen - hold.freedFen;
  }
  return held;
}
