import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { SubsidyPurse, Terms } from './rules/terms.ts';

const all: Statement = {
  name: 'subsidies-terms',
  text: 'select participant_id, programme, purse, per_payment_fen, active from subsidies.terms',
};

export async function readTerms(session: Session): Promise<Terms[]> {
  const { rows } = await session.run(all);
  return rows.map((row) => ({
    participantId: row[0] as number,
    programme: row[1] as string,
    purse: row[2] as SubsidyPurse,
    perPaymentFen: row[3] as bigint,
    active: row[4] as boolean,
  }));
}

// The purse of a programme stays what it was: what is on its way was approved for that one.
const save: Statement = {
  name: 'subsidies-save-terms',
  text: `insert into subsidies.terms (participant_id, programme, purse, per_payment_fen, active)
    select * from unnest($1::int[], $2::text[], $3::text[], $4::bigint[], $5::bool[])
    on conflict (participant_id, programme) do update
      set per_payment_fen = excluded.per_payment_fen, active = excluded.active`,
};

/** Keeps terms as they are now; of those that are there, the limit and whether they hold. */
export async function saveTerms(session: Session, terms: readonly Terms[]): Promise<void> {
  await session.run(save, [
    numberColumn(terms, (row) => row.participantId),
    textColumn(terms, (row) => row.programme),
    codeColumn(terms, (row) => row.purse),
    numberColumn(terms, (row) => row.perPaymentFen),
    codeColumn(terms, (row) => String(row.active)),
  ]);
}
