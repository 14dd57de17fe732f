import { idMax } from '#platform/columns.ts';
import { firstIdAt, idTimeMs } from '#platform/ids.ts';

/** Ids above `after`, up to `through` with it. */
export interface IdWindow {
  readonly after: bigint;
  readonly through: bigint;
}

const firstWindowMs = 15 * 60_000;
/** Each window is so many times as long as the one before it: who has little in a day is looked for four times more. */
const growth = 4;
const windowsMax = 5;
/**
 * Younger ids may still be coming in: of a window that ends among them one could arrive behind the look at it, and be
 * passed by for ever. Above what a group may take and clocks may differ together.
 */
const settledAfterMs = 5 * 60_000;

/**
 * Windows one after the other over all ids after a cursor, the first of a quarter of an hour and the last without an end.
 * A page that is read by them is sorted out of what a window holds, and not out of a whole day. `fromMs` is about when the
 * day began: where it is wrong, a window is longer and nothing is missed. Of what is not settled yet there is one window,
 * which one statement sees at one moment.
 */
export function idWindows({
  after,
  fromMs,
  nowMs,
}: {
  readonly after: bigint;
  readonly fromMs: number;
  readonly nowMs: number;
}): IdWindow[] {
  const windows: IdWindow[] = [];
  let from = after;
  let endMs = Math.max(fromMs, idTimeMs(after));
  let lengthMs = firstWindowMs;
  while (windows.length < windowsMax - 1 && endMs + lengthMs < nowMs - settledAfterMs) {
    endMs += lengthMs;
    lengthMs *= growth;
    const through = firstIdAt(endMs) - 1n;
    windows.push({ after: from, through });
    from = through;
  }
  return [...windows, { after: from, through: idMax }];
}
