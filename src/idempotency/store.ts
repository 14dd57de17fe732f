import type { Session, Statement } from '#platform/postgres.ts';

const insert: Statement = {
  name: 'idempotency-insert',
  text: `insert into idempotency.outcomes (business_date, bucket, id, caller_key, business_key, kind, sector,
      card_id, amount_fen, original_id, local_time, refusal, detail)
    select $1::date, * from unnest($2::smallint[], $3::bigint[], $4::uuid[], $5::uuid[], $6::smallint[],
      $7::smallint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::timestamp[], $12::text[], $13::text[])`,
};

/** Pins the outcomes of a group. A key that is already there makes the whole statement fail (23505). */
export async function insertOutcomes(
  session: Session,
  businessDate: string,
  columns: readonly string[],
): Promise<number> {
  const result = await session.run(insert, [businessDate, ...columns]);
  return result.rowCount;
}
