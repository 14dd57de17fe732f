import { firstPurseId } from '#ledger/rules/accounts.ts';
import { holdStates } from '#ledger/rules/holds.ts';
import { kindCodes } from '#ledger/rules/kinds.ts';
import { archivedUpTo } from './archived.ts';
import type { Check } from './wrong.ts';

// One walk per account in the order of its history; the first posting starts from nought, or from what the archived
// days came to.
const running: Check = {
  name: 'running balances',
  text: `select 'ledger.postings', format('entry %s, account %s', entry_id, account_id),
      format('balance %s', before + amount_fen), format('balance %s', balance_fen)
    from (
      select entry_id, account_id, amount_fen, balance_fen,
        lag(balance_fen, 1, coalesce(fen, 0)) over (partition by account_id order by entry_id) as before
      from ledger.postings left join (select bucket, account_id, fen from ledger.archived_balances) a
        using (bucket, account_id)
      where account_id >= ${firstPurseId}) p
    where balance_fen is distinct from before + amount_fen
    order by entry_id, account_id limit 1`,
};

const uncarried: Check = {
  name: 'balances of participants',
  text: `select 'ledger.postings', format('entry %s, account %s', entry_id, account_id), 'no balance',
      format('balance %s', balance_fen)
    from ledger.postings where account_id < ${firstPurseId} and balance_fen is not null
    order by entry_id, account_id limit 1`,
};

// What touched a purse last: a posting, a hold placed on it, or what its hold went through. A hold that was
// captured in full was last touched by a posting; any other by whatever followed its authorisation last, or by the
// reversal of that. What followed on a day that is archived is known as an upper bound only. One of which something was let go of may have been finished when the last followed.
const followers = [kindCodes.capture, kindCodes.void, kindCodes.reversal].join(', ');
const followed = `
  select bucket, original_id, max(id) as last_id from (
    select bucket, original_id, id from ledger.entries where kind in (${followers}) and original_id is not null
    union all
    select f.bucket, f.original_id, r.id
    from ledger.entries f join ledger.entries r on r.bucket = f.bucket and r.original_id = f.id
    where f.kind in (${kindCodes.capture}, ${kindCodes.void}) and r.kind = ${kindCodes.reversal}) m
  group by bucket, original_id`;
const accounts: Check = {
  name: 'balances of purses',
  text: `with moved as (
      select bucket, account_id, sum(amount_fen) as fen, max(entry_id) as last_id
      from (
        select bucket, account_id, amount_fen, entry_id from ledger.postings where account_id >= ${firstPurseId}
        union all select bucket, account_id, fen, last_entry_id from ledger.archived_balances) p
      group by bucket, account_id),
    held as (
      select h.bucket, h.account_id,
        coalesce(sum(h.amount_fen - h.captured_fen - h.freed_fen) filter (where h.state = ${holdStates.open}), 0) as fen,
        max(greatest(h.entry_id, case when h.captured_fen < h.amount_fen and h.freed_fen = 0 then f.last_id end))
          as last_id,
        max(greatest(h.entry_id, case when h.captured_fen < h.amount_fen then f.last_id end)) as latest_id
      from ledger.holds h left join (${followed}) f on f.bucket = h.bucket and f.original_id = h.entry_id
      group by h.bucket, h.account_id),
    expected as (
      select bucket, account_id, coalesce(m.fen, 0) as balance_fen, coalesce(h.fen, 0) as held_fen,
        greatest(m.last_id, h.last_id) as last_id, greatest(m.last_id, h.latest_id) as latest_id
      from moved m full join held h using (bucket, account_id)),
    found as (
      select bucket, id as account_id, balance_fen, held_fen, last_entry_id
      from ledger.accounts where id >= ${firstPurseId})
    select 'ledger.accounts', format('bucket %s, id %s', bucket, account_id),
      format('balance %s, held %s, last entry %s', coalesce(x.balance_fen, 0), coalesce(x.held_fen, 0),
        coalesce(x.last_id, 0)),
      case when a is null then 'no row'
        else format('balance %s, held %s, last entry %s', a.balance_fen, a.held_fen, a.last_entry_id) end
    from found a full join expected x using (bucket, account_id)
    where a is null or a.balance_fen is distinct from coalesce(x.balance_fen, 0)
      or a.held_fen <> coalesce(x.held_fen, 0)
      or a.last_entry_id not between coalesce(x.last_id, 0) and greatest(x.latest_id, ${archivedUpTo})
    order by account_id, bucket limit 1`,
};

const floors: Check = {
  name: 'floors of purses',
  text: `select 'ledger.accounts', format('bucket %s, id %s', bucket, id),
      format('at least %s free of holds', floor_fen), format('balance %s, held %s', balance_fen, held_fen)
    from ledger.accounts
    where id >= ${firstPurseId} and (floor_fen is null or balance_fen - held_fen < floor_fen)
    order by id, bucket limit 1`,
};

export const balanceChecks: readonly Check[] = [running, uncarried, accounts, floors];
