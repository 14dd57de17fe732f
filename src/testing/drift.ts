import type { Pool } from '#platform/postgres.ts';

/** Days leave for the archive in their order: these are still in the books. */
const present = `business_date > coalesce((select max(business_date) from ledger.archived_days), '-infinity')`;

/** Each question finds rows that must not be: sums the books keep, and the sums recomputed from the journal. */
const questions: Readonly<Record<string, string>> = {
  'an entry that does not sum to zero': `select entry_id from ledger.postings group by bucket, entry_id
    having sum(amount_fen) <> 0`,
  'a purse whose balance is not the sum of its postings': `select a.id from ledger.accounts a
    left join (
      select account_id, sum(fen) as fen from (
        select account_id, amount_fen as fen from ledger.postings
        union all select account_id, fen from ledger.archived_balances) m group by 1) p on p.account_id = a.id
    where a.balance_fen is not null and a.balance_fen <> coalesce(p.fen, 0)`,
  'a posting whose balance is not the one before it plus its amount': `select account_id, entry_id from (
      select account_id, entry_id, balance_fen,
        sum(amount_fen) over (partition by account_id order by entry_id) + coalesce(a.fen, 0) as running
      from ledger.postings left join (select account_id, fen from ledger.archived_balances) a using (account_id)
      where balance_fen is not null) p where balance_fen <> running`,
  'a purse below its floor': `select id from ledger.accounts where balance_fen - held_fen < floor_fen`,
  'a purse that holds another sum than its open holds': `select a.id from ledger.accounts a
    left join (select account_id, sum(amount_fen - captured_fen - freed_fen) as fen from ledger.holds where state = 1 group by 1) h
      on h.account_id = a.id
    where a.balance_fen is not null and a.held_fen <> coalesce(h.fen, 0)`,
  'a day total that is not the sum of its postings': `select * from (
      select account_id, sum(debit_fen) as debit, sum(credit_fen) as credit, sum(debit_count) as debits,
        sum(credit_count) as credits from ledger.day_totals where ${present} group by 1) t
    full join (
      select case when balance_fen is null then account_id else account_id & 15 end as account_id,
        coalesce(-sum(amount_fen) filter (where amount_fen < 0), 0) as debit,
        coalesce(sum(amount_fen) filter (where amount_fen > 0), 0) as credit,
        count(*) filter (where amount_fen < 0) as debits, count(*) filter (where amount_fen > 0) as credits
      from ledger.postings group by 1) p using (account_id, debit, credit, debits, credits)
    where t is null or p is null`,
  'an approved outcome without its entry, or an entry without its outcome': `select o.id, e.id
    from (select bucket, id from idempotency.outcomes where refusal is null and ${present}) o
    full join ledger.entries e on e.bucket = o.bucket and e.id = o.id where o.id is null or e.id is null`,
  'more returned than was paid': `select entry_id from ledger.corrections where returned_fen > original_fen`,
  'a lane whose chain has a gap': `select lane from ledger.groups group by lane having max(sequence) <> count(*)`,
  'outcomes that no group counted': `select 1 from
    (select coalesce(sum(outcome_count), 0) as counted from ledger.groups) g,
    (select count(*) as kept from idempotency.outcomes) o where g.counted <> o.kept`,
};

/** What the books say that their own journal does not: empty for books in order. */
export async function findDrift(pool: Pool): Promise<string[]> {
  const drift: string[] = [];
  for (const [fault, question] of Object.entries(questions)) {
    const { rows } = await pool.query(question);
    if (rows.length > 0) drift.push(`${fault}: ${rows.length}`);
  }
  return drift;
}
