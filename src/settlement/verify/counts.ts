import type { Session, Statement } from '#platform/postgres.ts';

/** How many rows a verification goes over, beside the journal. */
export interface Sizes {
  /** What the groups say that they decided: how far the walk over the chains will go. */
  readonly outcomes: number;
  readonly accounts: number;
  readonly holds: number;
  readonly corrections: number;
  readonly dayTotals: number;
  readonly closedDays: number;
}

const sizes: Statement = {
  name: 'settlement-sizes',
  text: `select (select coalesce(sum(outcome_count), 0)::bigint from ledger.groups),
    (select count(*) from ledger.accounts), (select count(*) from ledger.holds),
    (select count(*) from ledger.corrections), (select count(*) from ledger.day_totals),
    (select count(*) from ledger.business_days where closed_at is not null)`,
};

/** Counts what there is to verify. */
export async function readSizes(session: Session): Promise<Sizes> {
  const counts = (await session.run(sizes)).rows[0] ?? [];
  const [outcomes = 0, accounts = 0, holds = 0, corrections = 0, dayTotals = 0, closedDays = 0] =
    counts.map(Number);
  return { outcomes, accounts, holds, corrections, dayTotals, closedDays };
}
