import type { Session, Statement } from '#platform/postgres.ts';

const first: Statement = {
  name: 'ledger-archived-before',
  text: `select min(business_date) from ledger.business_days
    where business_date > (select max(business_date) from ledger.archived_days)`,
};

/** The first business day whose entries are in the books: those before it are in files. Null where none are. */
export async function readArchivedBefore(session: Session): Promise<string | null> {
  return ((await session.run(first)).rows[0]?.[0] ?? null) as string | null;
}
