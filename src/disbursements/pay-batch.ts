import { setTimeout as sleep } from 'node:timers/promises';
import { systemActor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import type { Clearing } from '#clearing/open.ts';
import type { Answer, Outcome } from '#clearing/outcome.ts';
import { openAccounts } from '#ledger/open-accounts.ts';
import { hainanTime } from '#platform/calendar.ts';
import { inTransaction, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import type { SubsidyPurse } from '#sectors/subsidies/rules/terms.ts';
import { lineRequest, type PaidBatch, type PayableLine } from './rules/line-request.ts';
import {
  countUnpaid,
  giveRunBack,
  type LineOutcome,
  readPayable,
  recordOutcomes,
  takeRun,
} from './run-store.ts';
import { lockForStep, moveBatch, readBatch } from './store.ts';

/** Lines are read, paid and written back by so many at a time. */
const pageLines = 512;
/**
 * So many pages are under way at once: while one is written back, the others are being cleared. Measured on a busy
 * machine: with two pages a run came to 0.4 to 0.9 of what clearing alone does, with four to 0.9 and more.
 */
const pagesAtOnce = 4;
/** Lines in flight at the most: two full groups for each of two lanes, behind which a terminal may have to wait. */
export const linesInFlightMax = pageLines * pagesAtOnce;

/** A line that is told busy, or whose outcome is not known, is asked again so often before the run pauses. */
const triesMax = 8;
const firstPauseMs = 50;
const pauseMaxMs = 5_000;

export interface RunParts {
  /** One of its connections is the run's own while it lasts. */
  readonly pool: Pool;
  readonly clearing: Pick<Clearing, 'submit' | 'reference'>;
  /** Told of a line that could not be asked about: it stays to be paid. */
  readonly fault: (error: unknown) => void;
  /** Stops the run between two pages; it goes on where it was whenever it is called again. */
  readonly signal?: AbortSignal;
}

/**
 * What became of a run: the batch is finished; or lines are left, since clearing was too busy or it was stopped;
 * or another instance is at it; or the batch is not one that may be paid.
 */
export type RunEnd = 'paid' | 'partly-paid' | 'lines-left' | 'elsewhere' | 'not-running';

/**
 * Pays what is left of a running batch. Each line's payment is named by batch, line and attempt, so a run that was
 * killed anywhere goes on: what clearing knows is answered as it was, and nobody is paid twice.
 */
export async function payBatch(parts: RunParts, batchId: bigint): Promise<RunEnd> {
  const client = await parts.pool.connect();
  let broken: Error | undefined;
  try {
    const session = sessionOf(client);
    if (!(await takeRun(session, batchId))) return 'elsewhere';
    try {
      const batch = await readBatch(session, batchId);
      if (batch?.state !== 'running') return 'not-running';
      const localTime = hainanTime(batch.importedAt.getTime());
      await payAll(parts, session, { ...batch, localTime });
    } finally {
      await giveRunBack(session, batchId);
    }
  } catch (error) {
    broken = error as Error;
    throw error;
  } finally {
    // A connection that failed is closed, which frees the run.
    client.release(broken);
  }
  return finish(parts.pool, batchId);
}

async function payAll(parts: RunParts, session: Session, batch: PaidBatch): Promise<void> {
  const underway: Promise<LineOutcome[]>[] = [];
  const writeBack = async () => {
    const outcomes = (await underway.shift()) ?? [];
    if (outcomes.length > 0) await recordOutcomes(session, batch.id, outcomes);
  };
  try {
    for (let after = 0; parts.signal?.aborted !== true; ) {
      const lines = await readPayable(session, batch.id, { after, limit: pageLines });
      if (lines.length === 0) break;
      after = lines.at(-1)?.lineNo ?? after;
      await openPurses(session, batch.purse as SubsidyPurse, lines);
      underway.push(Promise.all(lines.map((line) => payLine(parts, batch, line))).then(known));
      if (underway.length >= pagesAtOnce) await writeBack();
    }
    while (underway.length > 0) await writeBack();
  } finally {
    // What is still in flight is waited for, so that no line is asked about after the run is given back.
    await Promise.allSettled(underway);
  }
}

/** A person whom money of this purpose comes to for the first time gets a purse for it. */
async function openPurses(
  session: Session,
  code: SubsidyPurse,
  lines: readonly PayableLine[],
): Promise<void> {
  await openAccounts(
    session,
    lines.map(({ cardAccountId }) => ({ ownerId: cardAccountId, code })),
  );
}

function known(outcomes: readonly (LineOutcome | null)[]): LineOutcome[] {
  return outcomes.filter((outcome) => outcome !== null);
}

/** Asks until clearing has decided; null where it does not, which says nothing: the line is left to be paid. */
async function payLine(parts: RunParts, batch: PaidBatch, line: PayableLine): Promise<LineOutcome | null> {
  let pauseMs = firstPauseMs;
  for (let tries = 1; tries <= triesMax; tries++) {
    const answer = await askOnce(parts, batch, { line, isRepeat: tries > 1 });
    if (answer === null) return null;
    if (answer.status === 'decided') return outcomeOf(line, answer);
    if (answer.status === 'key-reused') {
      // Something else stands under the line's name. To call it failed could pay it twice: it is for people to look at.
      parts.fault(
        new Error(`line ${line.lineNo} of batch ${batch.id} differs in ${answer.field} from what was paid`),
      );
      return null;
    }
    if (parts.signal?.aborted === true) return null;
    await sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 2, pauseMaxMs);
  }
  return null;
}

async function askOnce(
  { clearing, fault }: RunParts,
  batch: PaidBatch,
  { line, isRepeat }: { readonly line: PayableLine; readonly isRepeat: boolean },
): Promise<Answer | null> {
  try {
    const batchNumber = clearing.reference.current().terminals.get(batch.terminalId)?.batchNumber ?? 1;
    return await clearing.submit({ request: lineRequest(batch, line, batchNumber), isRepeat });
  } catch (error) {
    fault(error);
    return null;
  }
}

function outcomeOf(line: PayableLine, { id, refusal, businessDate }: Outcome): LineOutcome {
  return { line, cause: refusal, entryId: id, paidOn: businessDate };
}

/** Ends a batch of which every line has an outcome. */
async function finish(pool: Pool, batchId: bigint): Promise<RunEnd> {
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    const locked = await lockForStep(session, batchId, 'finish');
    if (typeof locked === 'string') return 'not-running';
    const { left, failed } = await countUnpaid(session, batchId);
    if (left > 0) return 'lines-left';
    const end = failed === 0 ? 'paid' : 'partly-paid';
    await moveBatch(session, batchId, end);
    await recordAudit(session, [
      { actor: systemActor, act: `batch-${end}`, subject: `batch ${batchId}`, reason: '' },
    ]);
    return end;
  });
}
