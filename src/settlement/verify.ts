import { type BusinessDay, readBusinessDays } from '#ledger/business-days.ts';
import { type Pool, type PoolClient, type Session, sessionOf } from '#platform/postgres.ts';
import type { Finding } from './rules/group-check.ts';
import { inSnapshot } from './snapshot.ts';
import { balanceChecks } from './verify/balance-checks.ts';
import { type ChainWalk, walkChains } from './verify/chain.ts';
import { type Counts, readCounts } from './verify/counts.ts';
import { holdChecks } from './verify/hold-checks.ts';
import { correctionChecks, dayTotalChecks, keyChecks } from './verify/journal-checks.ts';
import { findWrongSeal } from './verify/seals.ts';
import type { Check, OnProgress, Stage, Wrong } from './verify/wrong.ts';

/** All that was recomputed is as it is written, or the first row that is not. */
export type Verified =
  | { readonly ok: true; readonly counts: Counts }
  | { readonly ok: false; readonly wrong: Wrong };

/** A verification is given up after this long: its snapshot keeps old rows from being cleaned away. */
const limitMs = 3_600_000;
/** What one sort may take in memory; the three of the chain run at once. */
const memory = { chain: '64MB', checks: '256MB' } as const;

const checks: readonly (readonly [Stage, readonly Check[]])[] = [
  ['balances', balanceChecks],
  ['holds', holdChecks],
  ['corrections', correctionChecks],
  ['day totals', dayTotalChecks],
  ['keys', keyChecks],
];

/**
 * Recomputes the books from the journal, and names the first row that is wrong. Reads one snapshot, so the
 * service may go on; memory stays bounded, whatever the length of the journal (limits: `memory`, `limitMs`).
 */
export function verify(pool: Pool, onProgress: OnProgress = () => undefined): Promise<Verified> {
  return inSnapshot(pool, async (client) => {
    await client.query(`set local statement_timeout = ${limitMs}`);
    // The cursors are read to their end: what comes first soonest is not what is wanted.
    await client.query('set local cursor_tuple_fraction = 1');
    const session = sessionOf(client);
    const days = await readBusinessDays(session);
    const counts = await readCounts(session);
    const { finding, heads } = await verifyChain(client, { days, counts, onProgress });
    const wrong = await runChecks(client, onProgress);
    // A balance or a total may say which row of a group it is that its hash does not fit.
    if (finding !== null && finding.table === 'ledger.groups' && wrong !== null) return { ok: false, wrong };
    if (finding !== null) return { ok: false, wrong: { stage: 'chain', ...finding } };
    if (wrong !== null) return { ok: false, wrong };
    return verifySeals(session, { days, heads, counts, onProgress });
  });
}
