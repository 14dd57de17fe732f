import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Institution } from './rules/settle.ts';

const readText: Statement = {
  name: 'medical-institutions',
  text: `select participant_id, effective_from, kind, pooled_fund_id, mutual_aid_id from medical.institutions`,
};

export async function readInstitutions(session: Session): Promise<Institution[]> {
  const { rows } = await session.run(readText);
  return rows.map((row) => ({
    participantId: row[0] as number,
    effectiveFrom: row[1] as string,
    kind: row[2] as Institution['kind'],
    pooledFundId: row[3] as number | null,
    mutualAidId: row[4] as number | null,
  }));
}

const insertText: Statement = {
  name: 'medical-insert-institutions',
  text: `insert into medical.institutions (participant_id, effective_from, kind, pooled_fund_id, mutual_aid_id)
    select * from unnest($1::int[], $2::date[], $3::text[], $4::int[], $5::int[]) on conflict do nothing`,
};

/** Adds institutions that hold from their day on; those that are there are left alone. */
export async function insertInstitutions(
  session: Session,
  institutions: readonly Institution[],
): Promise<void> {
  await session.run(insertText, [
    numberColumn(institutions, (row) => row.participantId),
    codeColumn(institutions, (row) => row.effectiveFrom),
    codeColumn(institutions, (row) => row.kind),
    numberColumn(institutions, (row) => row.pooledFundId),
    numberColumn(institutions, (row) => row.mutualAidId),
  ]);
}
