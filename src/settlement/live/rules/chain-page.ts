import { type ChainGroup, checkGroup } from '#settlement/rules/group-check.ts';
import type { Finding, GroupRows } from '#settlement/rules/group-rows.ts';
import type { Place } from './watermark.ts';

/** The id of a group's last outcome. */
export function lastIdOf(group: Pick<ChainGroup, 'firstId' | 'outcomeCount'>): bigint {
  return group.firstId + BigInt(group.outcomeCount) - 1n;
}

/**
 * The groups to recompute together: in the order of their ids, so that no row of another group lies between them.
 * A lane of which as many came as were asked for may have more, so nothing is taken after its last. At least one group
 * is taken, and then as many as have no more than so many outcomes together.
 */
export function pageOf(
  groups: readonly ChainGroup[],
  { perLane, outcomesMax }: { readonly perLane: number; readonly outcomesMax: number },
): ChainGroup[] {
  const horizon = horizonOf(groups, perLane);
  const page: ChainGroup[] = [];
  let outcomes = 0;
  for (const group of groups) {
    if (horizon !== null && group.firstId > horizon) break;
    if (page.length > 0 && outcomes + group.outcomeCount > outcomesMax) break;
    page.push(group);
    outcomes += group.outcomeCount;
  }
  return page;
}

/** The id after which a lane may have groups that did not come; null where all came. */
function horizonOf(groups: readonly ChainGroup[], perLane: number): bigint | null {
  const lasts = [...Map.groupBy(groups, (group) => group.lane).values()]
    .filter((ofLane) => ofLane.length >= perLane)
    .map((ofLane) => ofLane.at(-1)?.firstId ?? 0n);
  return lasts.reduce<bigint | null>((least, id) => (least === null || id < least ? id : least), null);
}

/** What recomputing a page came to. */
export interface PageChecked {
  /** Where each lane stands after its last group that was right. */
  readonly places: ReadonlyMap<number, Place>;
  /** By lane, the first group of the page that is wrong: beyond it nothing of the lane can be told. */
  readonly wrong: ReadonlyMap<number, Finding>;
}

/** Recomputes the groups of a page, each after the one before it in its lane. */
export function checkPage(
  page: readonly ChainGroup[],
  rows: GroupRows,
  before: ReadonlyMap<number, Place>,
): PageChecked {
  const places = new Map(before);
  const wrong = new Map<number, Finding>();
  const outcomesOf = sliceById(rows.outcomes, (row) => row.id);
  const entriesOf = sliceById(rows.entries, (row) => row.id);
  const postingsOf = sliceById(rows.postings, (row) => row.entryId);
  for (const group of page) {
    const own = { outcomes: outcomesOf(group), entries: entriesOf(group), postings: postingsOf(group) };
    if (wrong.has(group.lane)) continue;
    const finding = checkGroup(group, own, places.get(group.lane) ?? undefined);
    if (finding === null) places.set(group.lane, group);
    else wrong.set(group.lane, finding);
  }
  return { places, wrong };
}

/** The rows of one group after the other. Both come in the order of their ids; rows of no group are passed over. */
function sliceById<Row>(
  rows: readonly Row[],
  idOf: (row: Row) => bigint,
): (group: ChainGroup) => readonly Row[] {
  let place = 0;
  return (group) => {
    const lastId = lastIdOf(group);
    while (place < rows.length && idOf(rows[place] as Row) < group.firstId) place += 1;
    const start = place;
    while (place < rows.length && idOf(rows[place] as Row) <= lastId) place += 1;
    return rows.slice(start, place);
  };
}
