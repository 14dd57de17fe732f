import { numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { type HotCause, type HotCursor, servesDeltas, writeCursor } from './rules/hot.ts';

/** A card that a terminal keeps away from now on, or no longer. */
interface HotEntry {
  /** 8 bytes in hex: HMAC-SHA256 over the card number under the hot list's key, its first 8 bytes. */
  readonly mark: string;
  readonly op: 'add' | 'remove';
  readonly cause: HotCause;
}

export interface HotPage {
  /** What the terminal has once it has taken this page in, and with a whole list all its pages. */
  readonly version: bigint;
  /** Whether the pages are a whole list, which takes the place of what the terminal has. */
  readonly full: boolean;
  readonly entries: readonly HotEntry[];
  /** The cursor of the next page; null: this is the last. */
  readonly next: string | null;
}

/** Entries of a page. */
export const hotPageMax = 1_000;

export interface HotAsked {
  /** The version that the reader has; null for none. */
  readonly since: bigint | null;
  /** Where it goes on, as an earlier page said; then `since` says nothing. */
  readonly cursor: HotCursor | null;
  readonly limit: number;
}

/**
 * A page of the hot list. Who has a version gets what changed since, in the order in which it was committed; who has
 * none, one that is not ours or one that is too old gets every hot card once, as of one version whatever happens meanwhile.
 */
export async function readHotList(session: Session, { since, cursor, limit }: HotAsked): Promise<HotPage> {
  if (limit < 1 || limit > hotPageMax) throw new RangeError('a page outside its limit');
  const latest = await readLatest(session);
  if (cursor !== null && cursor.version <= latest)
    return cursor.mark === null
      ? deltas(session, cursor.version, limit)
      : whole(session, { version: cursor.version, mark: cursor.mark }, limit);
  if (servesDeltas(since, latest)) return deltas(session, since, limit);
  return whole(session, { version: latest, mark: '' }, limit);
}

const latestText: Statement = {
  name: 'cards-hot-latest',
  text: 'select coalesce(max(version), 0) from cards.hot_changes',
};

/** The number of the last change. */
async function readLatest(session: Session): Promise<bigint> {
  return (await session.run(latestText)).rows[0]?.[0] as bigint;
}

const deltasText: Statement = {
  name: 'cards-hot-deltas',
  text: `select version, encode(mark, 'hex'), op, cause from cards.hot_changes
    where version > $1 order by version limit $2`,
};

async function deltas(session: Session, since: bigint, limit: number): Promise<HotPage> {
  const { rows } = await session.run(deltasText, [since, limit + 1]);
  const page = rows.slice(0, limit);
  const version = (page.at(-1)?.[0] as bigint | undefined) ?? since;
  const next = rows.length > limit ? writeCursor({ version, mark: null }) : null;
  const entries = page.map(([, mark, op, cause]) => ({ mark, op, cause }) as HotEntry);
  return { version, full: false, entries, next };
}

// By the index of marks: the last change of each as of the version, and of those the additions.
const wholeText: Statement = {
  name: 'cards-hot-whole',
  text: `select encode(h.mark, 'hex'), h.cause from cards.hot_changes h
    where h.version <= $1 and h.mark > decode($2, 'hex') and h.op = 'add' and not exists (
      select from cards.hot_changes later
      where later.mark = h.mark and later.version > h.version and later.version <= $1)
    order by h.mark limit $3`,
};

async function whole(
  session: Session,
  from: { readonly version: bigint; readonly mark: string },
  limit: number,
): Promise<HotPage> {
  const { rows } = await session.run(wholeText, [from.version, from.mark, limit + 1]);
  const entries = rows.slice(0, limit).map(([mark, cause]) => ({ mark, op: 'add', cause }) as HotEntry);
  const last = entries.at(-1)?.mark ?? null;
  const next = rows.length > limit ? writeCursor({ version: from.version, mark: last }) : null;
  return { version: from.version, full: true, entries, next };
}

const acknowledge: Statement = {
  name: 'cards-hot-acknowledge',
  text: `insert into cards.hot_list_terminals (terminal_id, version, at)
    select $1, $2, clock_timestamp() where $2 <= (select coalesce(max(version), 0) from cards.hot_changes)
    on conflict (terminal_id) do update set version = excluded.version, at = excluded.at`,
};

/** Remembers which version of ours a terminal says it has: how far each lags behind can be seen. */
export async function acknowledgeHotList(
  session: Session,
  said: { readonly terminalId: number; readonly version: bigint },
): Promise<void> {
  await session.run(acknowledge, [said.terminalId, said.version]);
}

const seen: Statement = {
  name: 'cards-hot-list-seen',
  text: `select terminal_id, at, version from cards.hot_list_terminals where terminal_id = any($1::int[])`,
};

/** What a terminal last said of its hot list. */
export interface HotListSeen {
  readonly at: Date;
  readonly version: bigint;
}

/** When these terminals last said which hot list they have, by terminal; those that never did are not there. */
export async function readHotListSeen(
  session: Session,
  terminalIds: readonly number[],
): Promise<Map<number, HotListSeen>> {
  const { rows } = await session.run(seen, [numberColumn(terminalIds, (id) => id)]);
  return new Map(rows.map(([id, at, version]) => [id as number, { at, version } as HotListSeen]));
}
