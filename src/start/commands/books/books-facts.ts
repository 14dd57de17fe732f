/**
 * What is written into a backup and compared after a restore, beside each table's rows and sums: where the day stood
 * and how far each chain had come.
 */
export const booksFacts: Readonly<Record<string, string>> = {
  'open business day': `select business_date::text from ledger.business_days where closed_at is null`,
  'outcomes decided': `select coalesce(sum(outcome_count), 0)::text from ledger.groups`,
  'heads of the lanes': `
    select string_agg(lane || ':' || sequence || ':' || encode(hash, 'hex'), ' ' order by lane) from (
      select distinct on (lane) lane, sequence, hash from ledger.groups order by lane, sequence desc) heads`,
};
