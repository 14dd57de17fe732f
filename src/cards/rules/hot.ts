import type { CardStatus } from './status.ts';

/** Why a terminal keeps a card away. */
export const hotCauses = ['temporarily-lost', 'lost', 'locked', 'replaced', 'closed', 'expired'] as const;
export type HotCause = (typeof hotCauses)[number];

export interface HotChange {
  readonly op: 'add' | 'remove';
  readonly cause: HotCause;
}

function causeOf(status: CardStatus): HotCause | null {
  return status === 'active' || status === 'not-active' ? null : status;
}

/**
 * What a change of status changes on the hot list, or null. `before` is what the card's row said, since that is
 * what terminals were told; null for a new card. Another cause is an addition again.
 */
export function hotChangeOf(before: CardStatus | null, after: CardStatus): HotChange | null {
  const [was, is] = [before === null ? null : causeOf(before), causeOf(after)];
  if (is !== null) return is === was ? null : { op: 'add', cause: is };
  return was === null ? null : { op: 'remove', cause: was };
}

/** Where a terminal goes on reading: after a version, or, in the whole list as of a version, after a mark (hex). */
export interface HotCursor {
  readonly version: bigint;
  readonly mark: string | null;
}

const cursorPattern = /^(\d{1,18})(?:-([0-9a-f]{16}))?$/;

/** A cursor as it was handed out, or null for a text that is none. */
export function readCursor(text: string): HotCursor | null {
  const match = cursorPattern.exec(text);
  return match === null ? null : { version: BigInt(match[1] ?? '0'), mark: match[2] ?? null };
}

export function writeCursor({ version, mark }: HotCursor): string {
  return mark === null ? String(version) : `${version}-${mark}`;
}

/** More changes than this since a terminal's version, and it is given the whole list. */
export const deltasMax = 20_000n;

/** Whether a terminal gets the changes since its version, or the whole list: for a version that is not ours, too. */
export function servesDeltas(since: bigint | null, latest: bigint): since is bigint {
  return since !== null && since <= latest && latest - since <= deltasMax;
}
