import { awaitGroups } from '#ledger/await-groups.ts';
import { inTransaction, type Pool, type PoolClient, sessionOf } from '#platform/postgres.ts';
import {
  type BatchStand,
  judgeSettlement,
  type SettleAnswer,
  type Settlement,
} from './rules/judge-settlement.ts';
import { batchTotals } from './rules/totals.ts';
import { type BatchRow, keyText, lockBatches, type SettledBatch, saveBatches, sumBatches } from './store.ts';

/** What a settlement is answered; a batch that the terminal never had is unknown. */
export type Settled = SettleAnswer | 'unknown-batch';

/**
 * Judges settlements in one transaction, and moves the terminals whose batches are closed on to their next ones. Who
 * settles the same batch at the same time, here or on another instance, waits for its row and then finds it settled.
 *
 * A payment of a batch that is under way meanwhile: one whose group began before is waited for, and counts. One that
 * comes later, up to the commit below, is judged by the version of the reference data that its group reads, and so is
 * still taken into the old batch; it is in the books with a later id, not in the totals, and people see it as late.
 * From the commit on, the old batch is refused (batch-mismatch).
 */
export async function settleBatches(pool: Pool, settlements: readonly Settlement[]): Promise<Settled[]> {
  const countedBelow = await awaitGroups(sessionOf(pool));
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    await planForRanges(client);
    const batches = await lockBatches(session, onePerBatch(settlements));
    const open = [...batches.values()].filter((batch) => batch.state !== 'closed');
    const sums = await sumBatches(session, open, countedBelow);
    const settled = new Map<string, SettledBatch>();
    const answers = settlements.map((settlement): Settled => {
      const key = keyText(settlement);
      const batch = batches.get(key);
      if (batch === undefined) return 'unknown-batch';
      const { answer, after } = judgeSettlement(batch, settlement, batchTotals(sums.get(key) ?? []));
      if (after !== null) {
        batches.set(key, { ...batch, ...after });
        settled.set(key, settledBatch(batch, after));
      }
      return answer;
    });
    await saveBatches(session, [...settled.values()], countedBelow);
    return answers;
  });
}

/** Ranges of the index are looked up one by one, however few rows the planner takes a table to have. */
export async function planForRanges(client: PoolClient): Promise<void> {
  await client.query('set local enable_seqscan = off; set local plan_cache_mode = force_generic_plan');
}

function onePerBatch(settlements: readonly Settlement[]): Settlement[] {
  return [...new Map(settlements.map((settlement) => [keyText(settlement), settlement])).values()];
}

/** A batch that was judged, as it is saved. */
export function settledBatch(batch: BatchRow, after: BatchStand): SettledBatch {
  const { terminalId, batchNumber } = batch;
  const { state, settleTrace, settleAnswer, claimed, own } = after;
  if (state === 'open' || settleTrace === null || settleAnswer === null || claimed === null || own === null)
    throw new Error('a batch that was judged has totals and an answer');
  return { terminalId, batchNumber, state, settleTrace, settleAnswer, claimed, own };
}
