import { archivedSql, clearedSql, purseAccountSql } from '#clearing/cleared-sql.ts';
import { isNamedKeySql, namedKeySql } from '#idempotency/rules/keys.ts';
import type { Statement } from '#platform/postgres.ts';
import { topUp } from '#sectors/top-up/top-up.ts';

const keyed = `select *, ${namedKeySql(`'load-order'`, 'id::text')} as business_key,
    ${purseAccountSql('card_account_id', 'purse')} as account_id
  from load_orders.orders`;

// A bank's terminal also posts loads that it signs itself, under traces of its own. What has a name and no trace was
// posted by this room, so it has its order. Of an order whose load is undecided nobody knows yet.
const loaded: Statement = {
  name: 'load-orders-prove-loaded',
  text: `with loads as (
      select * from (${clearedSql(topUp.code, ['load'])}) c where ${isNamedKeySql('business_key')}),
    orders as (
      select * from (${keyed}) k where not exists (select from (${archivedSql}) a where a.business_key = k.business_key))
    select case when o.id is null then 'ledger.entries' else 'load_orders.orders' end,
      format('id %s', coalesce(o.id, l.id)),
      case when o.id is null then 'a load order' when l.id is null then 'no entry'
        else format('loaded: entry %s, %s fen to account %s at terminal %s', l.id, l.fen, l.account_id, l.terminal_id) end,
      case when o.id is null then 'none'
        else format('%s: entry %s, %s fen to account %s at terminal %s', o.state, o.entry_id, o.amount_fen, o.account_id,
          o.terminal_id) end
    from orders o full join loads l using (business_key)
    where o.id is null
      or o.state = 'loaded' and l.id is distinct from o.entry_id
      or l.id is not null and (
        o.state in ('requested', 'refused', 'returning', 'returned')
        or o.state = 'failed' and coalesce(o.reason, '') <> 'load-undecided'
        or (l.fen, l.account_id, l.terminal_id) is distinct from (o.amount_fen, o.account_id, o.terminal_id))
    order by o.id, l.id limit 1`,
};

/** How many orders are not proved, because they were loaded on an archived day. */
export const loadOrdersLeftOut: Statement = {
  name: 'load-orders-left-out',
  text: `select count(*) from (${keyed}) k
    where exists (select from (${archivedSql}) a where a.business_key = k.business_key)`,
};

/** Load orders against the books: gives the first row that is wrong as table, key, expected, found. */
export const loadOrderProofs: readonly Statement[] = [loaded];
