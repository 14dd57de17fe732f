import type { Pool } from '#platform/postgres.ts';
import { findDrift } from '#testing/drift.ts';

/** What all purses hold together, in fen. */
export async function pursesFen(owner: Pool): Promise<bigint> {
  const { rows } = await owner.query<{ fen: string }>(
    'select coalesce(sum(balance_fen), 0)::text as fen from ledger.accounts',
  );
  return BigInt(rows[0]?.fen ?? 0);
}

/** What is wrong with the money after a run: nothing, in good books. */
export async function moneyFaults(
  owner: Pool,
  { beforeFen, movedFen, loadedFen }: { beforeFen: bigint; movedFen: bigint; loadedFen: bigint },
): Promise<string[]> {
  const driftFen = (await pursesFen(owner)) - (beforeFen - movedFen + loadedFen);
  const ofAnswers =
    driftFen === 0n ? [] : [`the purses hold ${driftFen} fen beside what the answers say was moved`];
  return [...ofAnswers, ...(await findDrift(owner))];
}

const gauges = /^one_card_books_(?:drift_fen|wrong)(?:\{[^}]*\})?\s+(-?[\d.e+]+)/gm;

/** What the service itself shows as wrong with its books, fen and rows together; null where it shows nothing yet. */
async function shownDrift(address: string): Promise<number | null> {
  const response = await fetch(`${address}/metrics`);
  const found = [...(await response.text()).matchAll(gauges)].map(([, value]) => Math.abs(Number(value)));
  return found.length === 0 ? null : found.reduce((sum, value) => sum + value, 0);
}

/** Watches the service's own drift while a run goes on. */
export interface DriftWatch {
  /** Ends it: the largest that was seen, null where the service shows none. */
  stop(): Promise<number | null>;
}

const lookEveryMs = 1_000;

export function watchDrift(address: string): DriftWatch {
  let largest: number | null = null;
  let looking: Promise<void> = Promise.resolve();
  const look = async () => {
    const seen = await shownDrift(address).catch(() => null);
    if (seen !== null) largest = Math.max(largest ?? 0, seen);
  };
  const timer = setInterval(() => {
    looking = look();
  }, lookEveryMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await looking;
      await look();
      return largest;
    },
  };
}
