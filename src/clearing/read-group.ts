import { findCardStates } from '#cards/store.ts';
import { readOpenDay, shareOpenDay } from '#ledger/open-day.ts';
import { accountId, anchorAccount, bucketOf, type Purse, purses } from '#ledger/rules/accounts.ts';
import type { Hold } from '#ledger/rules/holds.ts';
import { type AccountKey, findOpenHolds, lockAccounts, readPurposePurses } from '#ledger/store.ts';
import { firstIdOfGroup } from '#platform/ids.ts';
import type { Session } from '#platform/postgres.ts';
import { sectorNamed } from '#sectors/all.ts';
import type { OwnerRef } from '#sectors/contract.ts';
import { pursesThatMayPay } from '#sectors/rules/purse-rules.ts';
import type { Request } from './request.ts';
import { merchantCategory } from './rules/plan-request.ts';
import { sectorOwner } from './rules/sector-owner.ts';
import type { GroupState, Reference } from './rules/state.ts';
import { type EntryRef, findFollowedHolds, findOriginals, findOutcomes } from './store.ts';

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
  const { reference } = options;
  const keys = accountKeys(requests, reference);
  const cards = [...new Map(requests.map(({ card }) => [card.cardId, card])).values()];
  const refs = originalRefs(requests);
  const [, accounts, purposes, day, known, cardStates, openHolds, originals, followedHolds, sectorStates] =
    await Promise.all([
      shareOpenDay(session),
      lockAccounts(session, keys),
      readPurposePurses(session, ownersOf(requests)),
      readOpenDay(session),
      findOutcomes(session, keysOf(requests)),
      findCardStates(session, cards),
      findOpenHolds(session, keys),
      refs.length === 0 ? new Map() : findOriginals(session, refs),
      readFollowedHolds(session, requests),
      readSectors(session, requests, reference),
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
    purposes,
    openHolds,
    followedHolds,
    cards: cardStates,
    known,
    originals,
    reference: options.reference,
    sectorStates,
  };
}

/** The purses to lock, in the order in which every instance locks: by id. */
function accountKeys(requests: readonly Request[], reference: Reference): AccountKey[] {
  const buckets = new Map<bigint, number>();
  for (const request of requests) {
    const { bucket, cardAccountId } = request.card;
    buckets.set(anchorAccount(cardAccountId), bucket);
    for (const purse of pursesOf(request, reference)) buckets.set(accountId(cardAccountId, purse), bucket);
  }
  const keys = [...buckets].map(([id, bucket]) => ({ bucket, id }));
  return keys.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What goes back may go to any purse of the card account; a load has its purse; a payment those that may pay. */
export function pursesOf(request: Request, reference: Reference): Iterable<Purse> {
  const { kind, sector, detail, terminalId } = request;
  if (kind === 'load') {
    const loads = sectorNamed(sector)?.loads;
    return loads === undefined ? [] : [loads(detail)];
  }
  if (kind !== 'payment' && kind !== 'authorise') return purses;
  const mcc = merchantCategory(reference, terminalId);
  return pursesThatMayPay(reference.purseRules, { sector, mcc });
}

function ownersOf(requests: readonly Request[]): OwnerRef[] {
  const owners = new Map(requests.map(({ card }) => [card.cardAccountId, card.bucket]));
  return [...owners].map(([ownerId, bucket]) => ({ bucket, ownerId }));
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

/** The holds behind what is reversed: found by its key where it was decided before, by its original where it is in the group. */
async function readFollowedHolds(session: Session, requests: readonly Request[]): Promise<Hold[]> {
  const reversed = new Set(requests.flatMap(({ original }) => original?.businessKey ?? []));
  if (reversed.size === 0) return [];
  const here = requests.filter(({ businessKey }) => reversed.has(businessKey));
  return findFollowedHolds(session, [...reversed], originalRefs(here));
}

function originalRefs(requests: readonly Request[]): EntryRef[] {
  // By owner and id: a request that names another card's entry does not hide it from that card's own.
  const refs = new Map<string, EntryRef>();
  for (const { card, original } of requests) {
    const { bucket, cardAccountId: ownerId } = card;
    if (original?.id != null) refs.set(`${ownerId} ${original.id}`, { bucket, ownerId, id: original.id });
  }
  return [...refs.values()];
}

async function readSectors(
  session: Session,
  requests: readonly Request[],
  reference: Reference,
): Promise<Map<string, Map<bigint, unknown>>> {
  const owners = new Map<string, Map<bigint, OwnerRef>>();
  for (const request of requests) {
    const ofSector = owners.get(request.sector) ?? new Map<bigint, OwnerRef>();
    const ownerId = sectorOwner(request, reference);
    owners.set(request.sector, ofSector.set(ownerId, { bucket: bucketOf(ownerId), ownerId }));
  }
  const states = [...owners].map(async ([name, refs]) => {
    const sector = sectorNamed(name);
    if (sector === undefined) throw new RangeError('a channel let an unknown sector through');
    return [name, await sector.read(session, [...refs.values()])] as const;
  });
  return new Map(await Promise.all(states));
}
