import type { Pool } from '#platform/postgres.ts';
import { findDrift } from '#testing/drift.ts';
import { booksFaults } from './books-gate.ts';

/** What all purses hold together, in fen. */
export async function pursesFen(owner: Pool): Promise<bigint> {
  const { rows } = await owner.query<{ fen: string }>(
    'select coalesce(sum(balance_fen), 0)::text as fen from ledger.accounts',
  );
  return BigInt(rows[0]?.fen ?? 0);
}

/** What the money must come to, and where the books are. */
interface Expected {
  readonly url: string;
  readonly beforeFen: bigint;
  readonly movedFen: bigint;
  readonly loadedFen: bigint;
}

/** What is wrong with the money after a run: nothing, in good books. */
export async function moneyFaults(
  owner: Pool,
  { url, beforeFen, movedFen, loadedFen }: Expected,
): Promise<string[]> {
  const driftFen = (await pursesFen(owner)) - (beforeFen - movedFen + loadedFen);
  const ofAnswers =
    driftFen === 0n ? [] : [`the purses hold ${driftFen} fen beside what the answers say was moved`];
  return [...ofAnswers, ...(await findDrift(owner)), ...(await booksFaults(url))];
}
