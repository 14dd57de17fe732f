import { mayGather } from './rules/gather.ts';

/** Where a lane stands, and how it waits. */
export interface Gathering {
  /** The group before. */
  readonly last: { readonly size: number; readonly beganAtMs: number };
  readonly queued: () => number;
  /** What a group holds at the most. */
  readonly sizeMax: number;
  readonly now: () => number;
  /** One turn of the clock. */
  readonly pause: () => Promise<unknown>;
}

/** Waits as long as more come in and waiting pays. */
export async function gather({ last, queued, sizeMax, now, pause }: Gathering): Promise<void> {
  let before = -1;
  while (queued() > before) {
    const sinceLastMs = now() - last.beganAtMs;
    const hasWaited = before >= 0;
    before = queued();
    if (!mayGather({ lastSize: last.size, sinceLastMs, queued: before, sizeMax, hasWaited })) return;
    await pause();
  }
}
