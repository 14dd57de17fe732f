import { readBusinessDays } from '#ledger/business-days.ts';
import { readArchivedDays } from '#ledger/partitions/archive/archive-day.ts';
import { type Pool, type PoolClient, sessionOf } from '#platform/postgres.ts';
import type { Finding } from './rules/group-rows.ts';
import { inSnapshot } from './snapshot.ts';
import { findWrongAudit } from './verify/audit-trail.ts';
import { type ChainWalk, walkChains } from './verify/chain.ts';
import { readSizes, type Sizes } from './verify/counts.ts';
import { bookChecks, runChecks } from './verify/run-checks.ts';
import { findWrongSeal } from './verify/seals.ts';
import type { OnProgress, Stage, StageChecks, Wrong } from './verify/wrong.ts';

/** How many rows were recomputed and found right. */
export type Counts = Omit<Sizes, 'outcomes'> & ChainWalk['counts'];

/** All that was recomputed is as it is written, or the first row that is not. */
export type Verified =
  | {
      readonly ok: true;
      readonly counts: Counts;
      /** Days whose entries are in files: taken at the sums that were written down, not recomputed. */
      readonly archived: readonly string[];
    }
  | { readonly ok: false; readonly wrong: Wrong };

/** A verification is given up when one of its statements takes this long. */
const statementLimitMs = 1_800_000;
/** What one sort may take in memory; the walk over the chains has four of them at once. */
const sortMemory = { chain: '64MB', checks: '256MB' } as const;

/**
 * Recomputes the books from the journal, and names the first row that is wrong. It reads one snapshot, so the
 * service may go on, and a page at a time, so memory stays bounded whatever the length of the journal. What stands
 * above the books is `above`: the rooms there say what their rows must be, and are asked in the same snapshot.
 */
export function verify(
  pool: Pool,
  onProgress: OnProgress = () => undefined,
  above: readonly StageChecks[] = [],
): Promise<Verified> {
  return inSnapshot(pool, async (client) => {
    // Before the snapshot: a day that leaves for a file after it would be missing from both.
    await client.query('lock table only ledger.entries, only ledger.postings in access share mode');
    await client.query(`set local statement_timeout = ${statementLimitMs}`);
    const found = await findWrong(client, onProgress);
    if ('stage' in found) return { ok: false, wrong: found };
    const { days: archived } = await readArchivedDays(client);
    // What stands above names entries one by one: without their rows there is nothing to hold it against.
    const wrong = await runChecks(sessionOf(client), archived.length === 0 ? above : [], onProgress);
    return wrong === null ? { ok: true, counts: found, archived } : { ok: false, wrong };
  });
}

async function findWrong(client: PoolClient, onProgress: OnProgress): Promise<Wrong | Counts> {
  const session = sessionOf(client);
  const days = await readBusinessDays(session);
  const sizes = await readSizes(session);
  const archived = await readArchivedDays(client);
  const walk = await verifyChains(client, {
    days: new Set(days.map((day) => day.businessDate)),
    archived: new Set(archived.days),
    onProgress: (outcomes) => onProgress('chain', outcomes, sizes.outcomes),
  });
  if (walk.finding !== null && !walk.finding.coarse) return wrongAt('chain', walk.finding);
  // Where only a group's hash tells that a row of it was changed, a balance or a total may tell which.
  await client.query(`set local work_mem = '${sortMemory.checks}'`);
  const wrong = await runChecks(session, bookChecks, onProgress);
  if (wrong !== null) return wrong;
  if (walk.finding !== null) return wrongAt('chain', walk.finding);
  const seal = await findWrongSeal(session, {
    days,
    heads: walk.heads,
    onProgress: (done) => onProgress('seals', done, sizes.closedDays),
  });
  if (seal !== null) return wrongAt('seals', seal);
  onProgress('audit', 0, 1);
  const event = await findWrongAudit(session);
  return event === null ? { ...sizes, ...walk.counts } : wrongAt('audit', event);
}

function wrongAt(stage: Stage, { table, key, expected, found }: Omit<Finding, 'coarse'>): Wrong {
  return { stage, table, key, expected, found };
}

async function verifyChains(
  client: PoolClient,
  options: Parameters<typeof walkChains>[1],
): Promise<ChainWalk> {
  await client.query(`set local work_mem = '${sortMemory.chain}'`);
  // The cursors are read to their end: the plan that gives its first row soonest is not wanted.
  await client.query('set local cursor_tuple_fraction = 1');
  return walkChains(client, options);
}
