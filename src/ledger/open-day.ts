import type { Session, Statement } from '#platform/postgres.ts';

/** The advisory lock that every posting transaction shares and a cut-off takes alone. */
export const dayLockKey = 4_600_000_001n;

const share: Statement = {
  name: 'ledger-share-day',
  text: 'select pg_advisory_xact_lock_shared($1::bigint)',
};

/** Holds the open day for this transaction. A cut-off waits for it, and whoever comes later waits for the cut-off. */
export async function shareOpenDay(session: Session): Promise<void> {
  await session.run(share, [dayLockKey]);
}

const read: Statement = {
  name: 'ledger-open-day',
  text: `select d.business_date, v.version, (extract(epoch from clock_timestamp()) * 1000)::bigint
    from ledger.business_days d, platform.reference_version v where d.closed_at is null`,
};

/** What a group is decided under. */
export interface OpenDay {
  readonly businessDate: string;
  readonly referenceVersion: bigint;
  /** The authority's clock, in milliseconds: all instances decide by the same one. */
  readonly nowMs: number;
}

/** The open day, read in a statement after the lock, so that a cut-off that came before it is seen. */
export async function readOpenDay(session: Session): Promise<OpenDay> {
  const { rows } = await session.run(read);
  const row = rows[0];
  if (row === undefined) throw new Error('no business day is open');
  return { businessDate: row[0] as string, referenceVersion: row[1] as bigint, nowMs: Number(row[2]) };
}
