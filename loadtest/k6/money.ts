import type { Pool } from '#platform/postgres.ts';
import { findDrift } from '#testing/drift.ts';
import { passGate } from '#testing/load-gate.ts';

/** What all purses hold together, in fen. */
export async function pursesFen(owner: Pool): Promise<bigint> {
  const { rows } = await owner.query<{ fen: string }>(
    'select coalesce(sum(balance_fen), 0)::text as fen from ledger.accounts',
  );
  return BigInt(rows[0]?.fen ?? 0);
}

/** What the money must come to, and an instance that watches the running books. */
interface Expected {
  readonly address: string;
  readonly beforeFen: bigint;
  readonly movedFen: bigint;
  readonly loadedFen: bigint;
}

/** A look at the running books that began after the load must come within this time. */
const gateLimitMs = 300_000;

/** What is wrong with the money after a run: nothing, in good books. */
export async function moneyFaults(
  owner: Pool,
  { address, beforeFen, movedFen, loadedFen }: Expected,
): Promise<string[]> {
  const driftFen = (await pursesFen(owner)) - (beforeFen - movedFen + loadedFen);
  const ofAnswers =
    driftFen === 0n ? [] : [`the purses hold ${driftFen} fen beside what the answers say was moved`];
  const readMetrics = async () => (await fetch(`${address}/metrics`)).text();
  const gate = await passGate({ readMetrics, timeoutMs: gateLimitMs });
  return [...ofAnswers, ...(await findDrift(owner)), ...(gate.ok ? [] : gate.wrong)];
}
