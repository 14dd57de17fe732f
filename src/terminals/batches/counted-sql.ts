import { adjustedTraceSql } from '#idempotency/rules/adjusted-sale.ts';
import { batchKeysSql, reversalKeySql } from '#idempotency/rules/keys.ts';
import { ofEntrySql } from '#ledger/journal-sql.ts';
import { firstPurseId } from '#ledger/rules/accounts.ts';
import { hainanDaySql } from '#platform/calendar.ts';
import { idTimeMsSql } from '#platform/ids.ts';

/** A terminal's clock may be so many days off: its messages are still found. */
const clockDays = 1;

/**
 * The outcomes of batches, a row each, as a query: the batch, the outcome's key and kind, whether it was declined or
 * taken back by an approved reversal, the trace number of the sale that it gave another total, and what it moved on the
 * holder's purses. `batches` is a relation with terminal_id, batch_number, opened_on and counted_below; what was decided
 * later than that is left out, so the same batch gives the same rows for ever. The keys of a batch lie together day by
 * day, so each day from its opening to its settlement is one range of the index; a reversal is looked up by its one key
 * (an "exists" may be planned as a scan of all outcomes); what a terminal dated outside of those days is not found, and
 * is a difference. `days` says as parameters what `countedDaysSql` found, so that no other partition is locked.
 */
export function countedSql(
  batches: string,
  days?: { readonly first: string; readonly last: string },
): string {
  const within =
    days === undefined ? '' : `and p.business_date between ${days.first}::date and ${days.last}::date`;
  return `select b.terminal_id, b.batch_number, o.business_key, o.kind, o.refusal is not null as declined,
      coalesce((
        select true from idempotency.outcomes r
        where r.business_key = ${reversalKeySql('o.business_key')} and r.bucket = o.bucket and r.refusal is null
          and r.id < b.counted_below limit 1), false) as reversed,
      ${adjustedTraceSql('o.detail')} as adjusted_trace,
      coalesce((
        select abs(sum(p.amount_fen)) from ledger.postings p
        where p.business_date = o.business_date and p.bucket = o.bucket and ${ofEntrySql('p', 'o.id')} ${within}
          and p.account_id >= ${firstPurseId}), 0)::bigint as fen
    from ${outcomesOf(batches)}`;
}

/** The first and the last business day that outcomes of these batches are of. */
export function countedDaysSql(batches: string): string {
  return `select min(o.business_date), max(o.business_date) from ${outcomesOf(batches)}`;
}

function outcomesOf(batches: string): string {
  const keys = batchKeysSql({ terminal: 'b.terminal_id', day: 'd.day', batch: 'b.batch_number' });
  return `${batches} b
    cross join lateral (
      select b.opened_on - ${clockDays} + n as day
      from generate_series(0, ${hainanDaySql(idTimeMsSql('b.counted_below'))} - b.opened_on + ${2 * clockDays}) n) d
    cross join lateral (
      select * from idempotency.outcomes
      where business_key between ${keys.first} and ${keys.last} and id < b.counted_below offset 0) o`;
}

/** The same summed up: a row for each batch and each sort of outcome that counts alike. */
export function countedTotalsSql(...counted: Parameters<typeof countedSql>): string {
  return `select terminal_id, batch_number, kind, declined, reversed, adjusted_trace is not null as adjusts, fen = 0 as free,
       count(*)::int as count, sum(fen)::bigint as fen
    from (${countedSql(...counted)} offset 0) c group by terminal_id, batch_number, kind, declined, reversed, adjusted_trace is not null, fen = 0`;
}
