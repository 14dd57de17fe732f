import { gatherer } from '#platform/limits/gatherer.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import type { Terminal } from '#terminals/store.ts';
import { fewEach } from './few-each.ts';
import type { UploadedRecord } from './rules/compare-uploads.ts';
import type { Settlement } from './rules/judge-settlement.ts';
import { type Settled, settleBatches } from './settle.ts';
import { type BatchKey, keyText, readOpenedOn } from './store.ts';
import { type Closed, closeBatches, type Noted, noteUploads } from './upload.ts';

export interface BatchDeskOptions {
  /** One whose statements may take seconds: many terminals settle at the same minute. */
  readonly pool: Pool;
  /** The terminals as this instance knows them. */
  readonly terminals: () => ReadonlyMap<number, Terminal>;
  /** Reads them anew where they have changed: who settles is answered with its next batch known here. */
  readonly refresh: () => Promise<void>;
}

interface Upload extends BatchKey {
  readonly records: readonly UploadedRecord[];
}

/** What a channel does with batches of terminals. Each may throw `TooManyWait`: nothing was done then. */
export interface BatchDesk {
  /** The number of the batch a terminal is in; 0, which no batch has, for an unknown terminal. */
  currentBatch(terminalId: number): number;
  /** The local day on which a batch was opened; null for one that the terminal never had. A current one is known at once. */
  openedOn(terminalId: number, batchNumber: number): string | null | Promise<string | null>;
  /** Judges a terminal's totals (0500). The same again is given the same answer. */
  settle(settlement: Settlement): Promise<Settled>;
  /** Keeps what a terminal uploads (0320) of a batch that did not balance. */
  noteUploads(upload: Upload): Promise<Noted>;
  /** Ends an upload (0320 with 202 or 207): the batch is closed, and what differs is kept. */
  closeAfterUpload(batch: BatchKey): Promise<Closed>;
}

/**
 * Every lot of batches that are closed raises the version of the reference data once, and every instance then reads it
 * anew before its next group. With a rest of half a second an instance raises it four times a second at most (twice by
 * settlements, twice by trailers). Some 60,000 outcomes are counted a second (measured): 200 terminals with 150 each
 * take half of one, so about 200 terminals a second are settled by each instance.
 */
const settleLimits = { atOnceMax: 200, waitingMax: 20_000, restMs: 500 };
const closeLimits = { atOnceMax: 20, waitingMax: 2_000, restMs: 500 };
/** One after the other: uploads come unsigned, and a flood of them must not take the connections that payments look up by. */
const uploadLimits = { atOnceMax: 20, waitingMax: 2_000 };
/** A terminal says one thing after the other; more than these in its name are somebody else's, or repeats. */
const eachMax = 8;
const lookUpLimits = { atOnceMax: 1_000, waitingMax: 10_000 };
/** Beyond it the batch that was remembered first is looked up anew. */
const rememberedMax = 10_000;

/** Opens the desk of this instance. */
export function openBatchDesk({ pool, terminals, refresh }: BatchDeskOptions): BatchDesk {
  const settle = gatherer(settleLimits, async (settlements: readonly Settlement[]) => {
    const answers = await settleBatches(pool, settlements);
    // Also where it was another instance that moved a terminal on.
    await refresh();
    return answers;
  });
  const close = gatherer(closeLimits, async (keys: readonly BatchKey[]) => {
    const answers = await closeBatches(pool, keys);
    await refresh();
    return answers;
  });
  const upload = gatherer(uploadLimits, async (uploads: readonly Upload[]) => {
    const answers: Noted[] = [];
    for (const each of uploads) answers.push(await noteUploads(pool, each));
    return answers;
  });
  const lookUp = gatherer(lookUpLimits, async (keys: readonly BatchKey[]) => {
    const found = await readOpenedOn(sessionOf(pool), keys);
    return keys.map((key) => found.get(keyText(key)) ?? null);
  });
  const remembered = new Map<string, string>();
  const remember = (key: string, day: string) => {
    const [oldest] = remembered.keys();
    if (remembered.size >= rememberedMax && oldest !== undefined) remembered.delete(oldest);
    remembered.set(key, day);
  };
  return {
    currentBatch: (terminalId) => terminals().get(terminalId)?.batchNumber ?? 0,
    openedOn: (terminalId, batchNumber) => {
      const terminal = terminals().get(terminalId);
      if (terminal?.batchNumber === batchNumber) return terminal.batchOpenedOn;
      const key = { terminalId, batchNumber };
      const known = remembered.get(keyText(key));
      if (known !== undefined) return known;
      return lookUp(key).then((day) => {
        // A batch that is not there may be opened by another instance any moment.
        if (day !== null) remember(keyText(key), day);
        return day;
      });
    },
    settle: fewEach(eachMax, settle),
    noteUploads: fewEach(eachMax, upload),
    closeAfterUpload: fewEach(eachMax, close),
  };
}
