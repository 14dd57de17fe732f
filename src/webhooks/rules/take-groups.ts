/** A committed group of the books that no feeder has read yet. */
export interface UnreadGroup {
  readonly lane: number;
  readonly sequence: bigint;
  readonly firstId: bigint;
  readonly outcomeCount: number;
  readonly businessDate: string;
}

/** What is read of a lane at a time: the ids from one to below another, all of committed groups. */
export interface LaneWindow {
  readonly lane: number;
  readonly fromId: bigint;
  readonly toId: bigint;
  /** The number of the last group in it. */
  readonly sequence: bigint;
}

export interface Taken {
  readonly windows: readonly LaneWindow[];
  readonly firstDate: string;
  readonly lastDate: string;
  /** Whether some were left for the next round. */
  readonly more: boolean;
}

/** The oldest groups over all lanes, until they have so many outcomes together (one group at the least); null for none. */
export function takeGroups(unread: readonly UnreadGroup[], outcomesMax: number): Taken | null {
  const inOrder = [...unread].sort((a, b) => (a.firstId < b.firstId ? -1 : 1));
  const windows = new Map<number, LaneWindow>();
  let outcomes = 0;
  let taken = 0;
  for (const group of inOrder) {
    if (taken > 0 && outcomes + group.outcomeCount > outcomesMax) break;
    windows.set(group.lane, widened(windows.get(group.lane), group));
    outcomes += group.outcomeCount;
    taken += 1;
  }
  const dates = inOrder.slice(0, taken).map((group) => group.businessDate);
  const [firstDate, lastDate] = [dates.toSorted().at(0), dates.toSorted().at(-1)];
  if (firstDate === undefined || lastDate === undefined) return null;
  return { windows: [...windows.values()], firstDate, lastDate, more: taken < inOrder.length };
}

function widened(window: LaneWindow | undefined, group: UnreadGroup): LaneWindow {
  const { lane, sequence, firstId, outcomeCount } = group;
  const toId = firstId + BigInt(outcomeCount);
  if (window === undefined) return { lane, fromId: firstId, toId, sequence };
  if (sequence !== window.sequence + 1n || firstId < window.toId)
    throw new Error(`lane ${lane} has a gap after group ${window.sequence}`);
  return { ...window, toId, sequence };
}
