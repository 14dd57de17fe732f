import { archivedSql, clearedSql } from '#clearing/cleared-sql.ts';
import { namedKeySql } from '#idempotency/rules/keys.ts';
import type { Statement } from '#platform/postgres.ts';
import { utilities } from '#sectors/utilities/utilities.ts';

const took = `('paid', 'written-off', 'returning', 'returned')`;

const keyed = `select *, ${namedKeySql(`'bill'`, 'id::text')} as business_key from bills.payments`;

// Joined by the key under which the money was asked for, so a row and an entry that name each other by mistake do
// not pass. While a payment is reserved or being given up the money may be there before the row says so.
const taken: Statement = {
  name: 'bills-prove-taken',
  text: `with taken as (${clearedSql(utilities.code, ['payment'])}),
    kept as (
      select * from (${keyed}) k where not exists (select from (${archivedSql}) a where a.business_key = k.business_key))
    select case when p.id is null then 'ledger.entries' else 'bills.payments' end, format('id %s', coalesce(p.id::text, t.id::text)),
      case when p.id is null then 'a bill payment' when p.state in ('declined', 'abandoned') then 'no money taken'
        when t.id is null then 'no entry'
        else format('entry %s, %s fen of account %s for utility %s on %s', t.id, -t.fen, t.owner_id, t.participant_id,
          t.business_date) end,
      case when p.id is null then 'none' when p.state in ('declined', 'abandoned') then format('entry %s', t.id)
        else format('%s: entry %s, %s fen of account %s for utility %s on %s', p.state, p.entry_id, p.amount_fen,
          p.card_account_id, p.utility_id, p.paid_on) end
    from kept p full join taken t using (business_key)
    where p.id is null
      or p.state in ('declined', 'abandoned') and t.id is not null
      or p.state in ${took} and (t.id, t.business_date) is distinct from (p.entry_id, p.paid_on)
      or (p.state in ${took} or t.id is not null) and
        (-t.fen, t.owner_id, t.participant_id) is distinct from (p.amount_fen, p.card_account_id, p.utility_id)
    order by p.sequence, t.id limit 1`,
};

const returned: Statement = {
  name: 'bills-prove-returned',
  text: `with back as (${clearedSql(utilities.code, ['refund', 'reversal'])})
    select 'bills.payments', format('id %s', p.id),
      format('%s fen of entry %s back on account %s on %s', p.amount_fen, p.entry_id, p.card_account_id, p.returned_on),
      case when b.id is null then 'no return'
        else format('%s fen of entry %s back on account %s on %s', b.fen, b.original_id, b.owner_id, b.business_date) end
    from bills.payments p left join back b on b.id = p.return_entry_id
    where p.state = 'returned'
      and not exists (select from (${archivedSql}) a where a.id = p.return_entry_id)
      and (b.fen, b.original_id, b.owner_id, b.business_date)
      is distinct from (p.amount_fen, p.entry_id, p.card_account_id, p.returned_on)
    order by p.sequence limit 1`,
};

// A compensation is an operator's, and leaves the bill as it is.
const kept: Statement = {
  name: 'bills-prove-kept',
  text: `with back as (${clearedSql(utilities.code, ['refund', 'reversal', 'void'])})
    select 'bills.payments', format('id %s', p.id), format('%s fen given back by entry %s', b.fen, b.id), p.state
    from bills.payments p join back b on b.owner_id = p.card_account_id and b.original_id = p.entry_id
    where p.state in ('paid', 'written-off') order by p.sequence limit 1`,
};

/** How many payments are not proved, because their money, or its return, was posted on an archived day. */
export const billsLeftOut: Statement = {
  name: 'bills-left-out',
  text: `select count(*) from (${keyed}) k where exists (
    select from (${archivedSql}) a where a.business_key = k.business_key or a.id = k.return_entry_id)`,
};

/** Bills against the books: each gives the first row that is wrong as table, key, expected, found. */
export const billProofs: readonly Statement[] = [taken, returned, kept];
