/**
 * Ids of entries: a hybrid logical clock. 41 bits of milliseconds since 2025, 8 bits of lane, 14 bits of
 * place in the group. A lane belongs to one session at a time, so ids never meet; each group starts after
 * every id its accounts have seen, so that the order of ids is the order of an account's history even when
 * the clocks of two instances disagree.
 */
const epochMs = Date.UTC(2025, 0, 1);
const laneBits = 8n;
const placeBits = 14n;
const tickBits = laneBits + placeBits;

/** Places in one group's block of ids. */
export const idsPerGroupMax = 1 << Number(placeBits);
export const laneMax = (1 << Number(laneBits)) - 1;

/** The first id of a group's block: later than the clock's tick and than every id seen. */
export function firstIdOfGroup(lane: number, nowMs: number, lastSeenId: bigint): bigint {
  if (lane < 0 || lane > laneMax) throw new RangeError('a lane has a number from 0 to 255');
  const clockTick = BigInt(nowMs - epochMs);
  const seenTick = (lastSeenId >> tickBits) + 1n;
  const tick = clockTick > seenTick ? clockTick : seenTick;
  return (tick << tickBits) | (BigInt(lane) << placeBits);
}

/** When the id was given, in milliseconds since 1970. */
export function idTimeMs(id: bigint): number {
  return Number(id >> tickBits) + epochMs;
}

/** The smallest id that may be given at a moment: what has a smaller one was given before it. */
export function firstIdAt(ms: number): bigint {
  return BigInt(ms - epochMs) << tickBits;
}

/** `idTimeMs` as PostgreSQL computes it, of an expression. */
export function idTimeMsSql(id: string): string {
  return `((${id} >> ${tickBits}) + ${epochMs})`;
}

/** The lane that gave an id. */
export function idLane(id: bigint): number {
  return Number((id >> placeBits) & BigInt(laneMax));
}

/** `idLane` as PostgreSQL computes it, of an expression. */
export function idLaneSql(id: string): string {
  return `((${id} >> ${placeBits}) & ${laneMax})`;
}
