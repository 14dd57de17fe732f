import { detailFields, kindOfCode } from '#clearing/request.ts';
import { readBalances } from '#ledger/balances.ts';
import { findHistoryEntries, type HistoryEntry, readHistory } from '#ledger/history.ts';
import { readArchivedBefore } from '#ledger/look/archived-before.ts';
import { accountCode, accountId, bucketOf, type Purse } from '#ledger/rules/accounts.ts';
import { isExpired, remainingFen } from '#ledger/rules/holds.ts';
import { findOpenHolds } from '#ledger/store.ts';
import { sectorOfCode } from '#sectors/all.ts';
import type { HolderParts, Name } from './parts.ts';
import { type HistoryLine, historyLine, type ReadEntry } from './rules/history-line.ts';

type Books = Pick<HolderParts, 'session' | 'nowMs' | 'participantName'>;

/** A page of the history as lines, each with the original it speaks of. */
export async function readLines(
  { session }: Books,
  cardAccountId: bigint,
  page: { readonly before: bigint | null; readonly limit: number },
): Promise<{ lines: HistoryLine[]; nextBefore: string | null; archivedBefore: string | null }> {
  // One more than the page, to know whether there is an older one.
  const found = await readHistory(session, cardAccountId, { ...page, limit: page.limit + 1 });
  const entries = found.slice(0, page.limit).map(readEntry);
  const originalIds = entries.flatMap(({ originalId }) => (originalId === null ? [] : [originalId]));
  const originals = await findHistoryEntries(session, cardAccountId, originalIds);
  const read = new Map([...originals].map(([id, entry]) => [id, readEntry(entry)]));
  const last = entries.at(-1);
  const nextBefore = found.length > page.limit && last !== undefined ? String(last.id) : null;
  return {
    lines: entries.map((entry) => historyLine(entry, read)),
    nextBefore,
    // Where the books end, older entries may be in the archive.
    archivedBefore: nextBefore === null ? await readArchivedBefore(session) : null,
  };
}

/** One line of the holder's own history, or null. */
export async function readLine(
  { session }: Books,
  cardAccountId: bigint,
  id: bigint,
): Promise<HistoryLine | null> {
  const entry = (await findHistoryEntries(session, cardAccountId, [id])).get(id);
  if (entry === undefined) return null;
  const ids = entry.originalId === null ? [] : [entry.originalId];
  const originals = await findHistoryEntries(session, cardAccountId, ids);
  return historyLine(readEntry(entry), new Map([...originals].map(([key, one]) => [key, readEntry(one)])));
}

function readEntry(entry: HistoryEntry): ReadEntry {
  return {
    ...entry,
    kind: kindOfCode(entry.kind),
    sector: sectorOfCode(entry.sector).name,
    detail: detailFields(entry.detail),
  };
}

/** A purse with what is set aside on it, and for whom. */
export interface PurseShown {
  readonly purse: Purse;
  readonly postedFen: bigint;
  readonly heldFen: bigint;
  readonly availableFen: bigint;
  readonly holds: readonly HoldShown[];
}
export interface HoldShown {
  readonly place: Name | undefined;
  /** What is still set aside of it. */
  readonly remainingFen: bigint;
  readonly capturedFen: bigint;
  readonly expiresAtMs: number;
}

/** The purses of a card account, each with its open holds: why money is held, by whom, and until when. */
export async function readPurses(books: Books, cardAccountId: bigint): Promise<PurseShown[]> {
  const { session, participantName } = books;
  const balances = await readBalances(session, cardAccountId);
  const bucket = bucketOf(cardAccountId);
  const keys = balances.map(({ purse }) => ({ bucket, id: accountId(cardAccountId, purse) }));
  const nowMs = books.nowMs();
  const open = (await findOpenHolds(session, keys)).filter((hold) => !isExpired(hold, nowMs));
  const entries = await findHistoryEntries(
    session,
    cardAccountId,
    open.map((hold) => hold.entryId),
  );
  return balances.map((balance) => ({
    ...balance,
    holds: open
      .filter((hold) => accountCode(hold.accountId) === balance.purse)
      .map((hold) => ({
        place: participantName(entries.get(hold.entryId)?.participantId ?? 0),
        remainingFen: remainingFen(hold),
        capturedFen: hold.capturedFen,
        expiresAtMs: hold.expiresAtMs,
      })),
  }));
}
