import { findCardStates } from '#cards/store.ts';
import { readOpenDay, shareOpenDay } from '#ledger/open-day.ts';
import { accountId, anchorAccount, purses } from '#ledger/rules/accounts.ts';
import { type AccountKey, findOpenHolds, lockAccounts } from '#ledger/store.ts';
import { firstIdOfGroup } from '#platform/ids.ts';
import type { Session } from '#platform/postgres.ts';
import { sectorNamed } from '#sectors/all.ts';
import type { CardAccountRef } from '#sectors/contract.ts';
import type { Request } from './request.ts';
import type { GroupState, Reference } from './rules/state.ts';
import { type EntryRef, findOriginals, findOutcomes } from './store.ts';

export interface ReadOptions {
  readonly lane: number;
  /** The id after the last that the lane gave. */
  readonly laneNextId: bigint;
  readonly reference: Reference;
  /** Given the authority's clock, the time the group is decided at. */
  readonly clock: (authorityNowMs: number) => number;
}

/** The group's state, or the version of the reference data that the group needs and this instance has not. */
export type ReadGroup = GroupState | { readonly staleFor: bigint };

/**
 * Locks the day and the group's accounts, and reads all that deciding needs. Everything goes out at once and
 * is waited for once; the server works through it in order, so every read comes after the locks.
 */
export async function readGroup(
  session: Session,
  requests: readonly Request[],
  options: ReadOptions,
): Promise<ReadGroup> {
  const keys = accountKeys(requests);
  const cards = [...new Map(requests.map(({ card }) => [card.cardId, card])).values()];
  const refs = originalRefs(requests);
  const [, accounts, day, known, cardStates, openHolds, originals, sectorStates] = await Promise.all([
    shareOpenDay(session),
    lockAccounts(session, keys),
    readOpenDay(session),
    findOutcomes(session, keysOf(requests)),
    findCardStates(session, cards),
    findOpenHolds(session, keys),
    refs.length === 0 ? new Map() : findOriginals(session, refs),
    readSectors(session, requests),
  ]);
  if (day.referenceVersion !== options.reference.version) return { staleFor: day.referenceVersion };
  const nowMs = options.clock(day.nowMs);
  let lastSeenId = options.laneNextId;
  for (const account of accounts.values())
    if (account.lastEntryId > lastSeenId) lastSeenId = account.lastEntryId;
  return {
    businessDate: day.businessDate,
    nowMs,
    firstId: firstIdOfGroup(options.lane, nowMs, lastSeenId),
    accounts,
    openHolds,
    cards: cardStates,
    known,
    originals,
    reference: options.reference,
    sectorStates,
  };
}

/** The purses to lock, in the order in which every instance locks: by id. */
function accountKeys(requests: readonly Request[]): AccountKey[] {
  const buckets = new Map<bigint, number>();
  for (const request of requests) {
    const { bucket, cardAccountId } = request.card;
    buckets.set(anchorAccount(cardAccountId), bucket);
    for (const purse of pursesOf(request)) buckets.set(accountId(cardAccountId, purse), bucket);
  }
  const keys = [...buckets].map(([id, bucket]) => ({ bucket, id }));
  return keys.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What goes back may go to any purse of the card account; what is new touches the sector's purses. */
function pursesOf(request: Request) {
  const isNew = request.kind === 'payment' || request.kind === 'load' || request.kind === 'authorise';
  return isNew ? (sectorNamed(request.sector)?.purses(request.detail) ?? []) : purses;
}

function keysOf(requests: readonly Request[]) {
  const callerKeys = new Set<string>();
  const businessKeys = new Set<string>();
  for (const request of requests) {
    if (request.callerKey !== null) callerKeys.add(request.callerKey);
    businessKeys.add(request.businessKey);
    if (request.original?.businessKey != null) businessKeys.add(request.original.businessKey);
  }
  return { callerKeys: [...callerKeys], businessKeys: [...businessKeys] };
}

function originalRefs(requests: readonly Request[]): EntryRef[] {
  const refs = new Map<bigint, EntryRef>();
  for (const { card, original } of requests) {
    if (original?.id != null)
      refs.set(original.id, { bucket: card.bucket, ownerId: card.cardAccountId, id: original.id });
  }
  return [...refs.values()];
}

async function readSectors(
  session: Session,
  requests: readonly Request[],
): Promise<Map<string, Map<bigint, unknown>>> {
  const accounts = new Map<string, Map<bigint, CardAccountRef>>();
  for (const { sector, card } of requests) {
    const ofSector = accounts.get(sector) ?? new Map<bigint, CardAccountRef>();
    accounts.set(sector, ofSector.set(card.cardAccountId, card));
  }
  const states = [...accounts].map(async ([name, refs]) => {
    const sector = sectorNamed(name);
    if (sector === undefined) throw new RangeError('a channel let an unknown sector through');
    return [name, await sector.read(session, [...refs.values()])] as const;
  });
  return new Map(await Promise.all(states));
}
