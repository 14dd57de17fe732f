import type { Check } from './wrong.ts';

/**
 * The greatest id among the entries of the archived days, nought where none is: what an authorisation or a payment of
 * those days came to is told by its file, and is not asked here.
 */
export const archivedUpTo = '(select coalesce(max(last_entry_id), 0) from ledger.archived_days)';

// Days leave in their order, whole, and nothing of them is left behind.
const left: Check = {
  name: 'rows of archived days',
  text: `select 'ledger.archived_days', format('day %s', a.business_date), 'no rows outside of its file', 'some'
    from ledger.archived_days a
    where exists (select from ledger.entries e where e.business_date = a.business_date)
      or exists (select from ledger.postings p where p.business_date = a.business_date)
      or exists (select from ledger.business_days d where d.business_date < a.business_date
        and not exists (select from ledger.archived_days b where b.business_date = d.business_date))
    order by a.business_date limit 1`,
};

// What left was in balance, and the totals of the day, which stay, say how much it was.
const sums: Check = {
  name: 'sums of archived days',
  text: `select 'ledger.archived_days', format('day %s', business_date), format('debits of %s', t.debit_fen),
      format('debits of %s', a.debit_fen)
    from ledger.archived_days a
    cross join lateral (
      select coalesce(sum(debit_fen), 0)::bigint as debit_fen from ledger.day_totals
      where business_date = a.business_date) t
    where t.debit_fen <> a.debit_fen order by business_date limit 1`,
};

export const archivedChecks: readonly Check[] = [left, sums];
