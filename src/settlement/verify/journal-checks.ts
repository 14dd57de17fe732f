import { ofEntrySql } from '#ledger/journal-sql.ts';
import { firstPurseId } from '#ledger/rules/accounts.ts';
import { kindCodes } from '#ledger/rules/kinds.ts';
import { idLaneSql } from '#platform/ids.ts';
import { archivedUpTo } from './archived.ts';
import type { Check } from './wrong.ts';

// A leg that is no purse's has a row only where an entry that others paid a part of was taken back as a whole. What a
// void gave back and its reversal took again is nothing of the payment any more.
const corrections: Check = {
  name: 'corrections',
  text: `with returns as (
      select bucket, id, original_id as entry_id from ledger.entries
      where kind in (${kindCodes.refund}, ${kindCodes.reversal}, ${kindCodes.compensation}, ${kindCodes.void})
      union all
      select r.bucket, r.id, v.original_id
      from ledger.entries v join ledger.entries r on r.bucket = v.bucket and r.original_id = v.id
      where v.kind = ${kindCodes.void} and r.kind = ${kindCodes.reversal}),
    given_back as (
      select b.bucket, b.entry_id, p.account_id, sum(p.amount_fen) as fen
      from returns b join ledger.postings p on p.bucket = b.bucket and ${ofEntrySql('p', 'b.id')}
      group by b.bucket, b.entry_id, p.account_id),
    both_sides as (
      select bucket, entry_id, account_id, c.original_fen, c.returned_fen, g.fen,
        c is null as missing
      from ledger.corrections c full join given_back g using (bucket, entry_id, account_id)),
    compared as (
      select b.*, o.amount_fen, -coalesce(b.fen, 0) * sign(o.amount_fen::numeric) as expected_fen
      from both_sides b left join ledger.postings o
        on o.bucket = b.bucket and ${ofEntrySql('o', 'b.entry_id')} and o.account_id = b.account_id)
    select 'ledger.corrections', format('entry %s, account %s', entry_id, account_id),
      case when amount_fen is null then 'an original posting'
        else format('returned %s of %s', expected_fen, abs(amount_fen)) end,
      case when missing then 'no row' else format('returned %s of %s', returned_fen, original_fen) end
    from compared
    where ((missing and account_id >= ${firstPurseId}) or (not missing and amount_fen is null)
        or returned_fen <> expected_fen or original_fen <> abs(amount_fen) or returned_fen > original_fen)
      and entry_id > ${archivedUpTo}
    order by entry_id, account_id limit 1`,
};

// The lane stands in the id, so a lane's totals follow from the postings alone (platform/ids.ts).
const dayTotals: Check = {
  name: 'day totals',
  text: `with expected as (
      select business_date, ${idLaneSql('entry_id')}::smallint as lane,
        case when account_id >= ${firstPurseId} then account_id & 15 else account_id end as account_id,
        coalesce(-sum(amount_fen) filter (where amount_fen < 0), 0) as debit_fen,
        coalesce(sum(amount_fen) filter (where amount_fen > 0), 0) as credit_fen,
        count(*) filter (where amount_fen < 0) as debit_count,
        count(*) filter (where amount_fen > 0) as credit_count
      from ledger.postings group by 1, 2, 3),
    found as (
      select t.*, l.bucket is not distinct from t.bucket as in_place
      from ledger.day_totals t left join ledger.lanes l using (lane)
      where not exists (select from ledger.archived_days a where a.business_date = t.business_date))
    select 'ledger.day_totals', format('day %s, account %s, lane %s', business_date, account_id, lane),
      case when x is null then 'no row' else format('debit %s in %s, credit %s in %s', x.debit_fen, x.debit_count,
        x.credit_fen, x.credit_count) end,
      case when t is null then 'no row' else format('debit %s in %s, credit %s in %s%s', t.debit_fen,
        t.debit_count, t.credit_fen, t.credit_count, case when t.in_place then '' else ', in a strange bucket' end)
        end
    from found t full join expected x using (business_date, account_id, lane)
    where t is null or x is null or not t.in_place
      or (t.debit_fen, t.credit_fen, t.debit_count, t.credit_count)
        <> (x.debit_fen, x.credit_fen, x.debit_count, x.credit_count)
    order by business_date, account_id, lane limit 1`,
};

const twice = (column: 'business_key' | 'caller_key') => `
  select 'idempotency.outcomes', format('${column} %s', ${column}), 'one outcome',
    format('%s outcomes, the first %s and %s', count(*), min(id), max(id))
  from idempotency.outcomes where ${column} is not null
  group by ${column} having count(*) > 1 order by min(id) limit 1`;

// Unique by an index; over machines only in each bucket, and here over all.
const businessKeys: Check = { name: 'business keys', text: twice('business_key') };
const callerKeys: Check = { name: 'caller keys', text: twice('caller_key') };

const reversals: Check = {
  name: 'one reversal for an original',
  text: `select 'ledger.entries', format('id %s', max(id)), format('one reversal of entry %s', original_id),
      format('%s reversals', count(*))
    from ledger.entries where kind = ${kindCodes.reversal} and original_id is not null
    group by original_id having count(*) > 1 order by original_id limit 1`,
};

export const correctionChecks: readonly Check[] = [corrections];
export const dayTotalChecks: readonly Check[] = [dayTotals];
export const keyChecks: readonly Check[] = [businessKeys, callerKeys, reversals];
