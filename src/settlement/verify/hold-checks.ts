import { ofEntrySql } from '#ledger/journal-sql.ts';
import { firstPurseId } from '#ledger/rules/accounts.ts';
import { holdStates } from '#ledger/rules/holds.ts';
import { kindCodes } from '#ledger/rules/kinds.ts';
import { archivedUpTo } from './archived.ts';
import type { Check } from './wrong.ts';

const { authorise, capture, reversal } = kindCodes;

// What a reversed capture took was never taken: the postings of its reversal are counted with its own.
const captured: Check = {
  name: 'captured amounts',
  text: `with moved as (
      select bucket, id, original_id as entry_id from ledger.entries where kind = ${capture}
      union all
      select r.bucket, r.id, c.original_id
      from ledger.entries c join ledger.entries r on r.bucket = c.bucket and r.original_id = c.id
      where c.kind = ${capture} and r.kind = ${reversal}),
    taken as (
      select m.bucket, m.entry_id, p.account_id, -sum(p.amount_fen) as fen
      from moved m join ledger.postings p on p.bucket = m.bucket and ${ofEntrySql('p', 'm.id')}
      where p.account_id >= ${firstPurseId}
      group by m.bucket, m.entry_id, p.account_id)
    select 'ledger.holds', format('entry %s, account %s', entry_id, account_id),
      format('captured %s', coalesce(t.fen, 0)),
      case when h is null then 'no row' else format('captured %s', h.captured_fen) end
    from ledger.holds h full join taken t using (bucket, entry_id, account_id)
    where (h is null or h.captured_fen <> coalesce(t.fen, 0)) and entry_id > ${archivedUpTo}
    order by entry_id, account_id limit 1`,
};

const authorised: Check = {
  name: 'authorised amounts',
  text: `with held as (
      select bucket, entry_id as id, min(owner_id) as owner_id, max(owner_id) as last_owner_id,
        sum(amount_fen) as fen
      from ledger.holds group by bucket, entry_id),
    asked as (
      select e.bucket, e.id, e.owner_id, o.amount_fen
      from ledger.entries e join idempotency.outcomes o on o.bucket = e.bucket and o.id = e.id
      where e.kind = ${authorise})
    select 'ledger.holds', format('entry %s', id),
      case when a is null then 'an authorisation'
        else format('holds of owner %s over %s', a.owner_id, a.amount_fen) end,
      case when h is null then 'no row'
        else format('holds of owners %s to %s over %s', h.owner_id, h.last_owner_id, h.fen) end
    from held h full join asked a using (bucket, id)
    where (a is null or h is null or h.fen is distinct from a.amount_fen or h.owner_id <> a.owner_id
        or h.last_owner_id <> a.owner_id) and id > ${archivedUpTo}
    order by id limit 1`,
};

// What ends an authorisation: its void, its reversal, or a capture that said it is the last. One that was reversed
// itself ends nothing.
const ends = `
  select e.bucket, e.id, e.original_id as entry_id, e.kind
  from ledger.entries e join idempotency.outcomes o on o.bucket = e.bucket and o.id = e.id
  where e.original_id is not null
    and (e.kind in (${kindCodes.void}, ${reversal}) or (e.kind = ${capture} and o.detail ~ '(^|;)final=1(;|$)'))
    and not exists (
      select from ledger.entries r
      where r.bucket = e.bucket and r.owner_id = e.owner_id and r.original_id = e.id and r.kind = ${reversal})`;

// What is captured in full is captured; one that was to be opened again and had no free money for what was
// left is finished; else what ended it says so; else it is open, or its time was over.
const states: Check = {
  name: 'states of holds',
  text: `with ended as (
      select bucket, entry_id, bool_or(kind <> ${capture}) as voided, bool_or(kind = ${capture}) as final
      from (${ends}) x group by bucket, entry_id),
    expected as (
      select h.entry_id, h.account_id, h.state, case
        when h.captured_fen = h.amount_fen then array[${holdStates.captured}]
        when h.captured_fen + h.freed_fen = h.amount_fen then array[${holdStates.captured}, ${holdStates.voided}]
        when x.voided then array[${holdStates.voided}]
        when x.final then array[${holdStates.captured}]
        else array[${holdStates.open}, ${holdStates.expired}] end as allowed
      from ledger.holds h left join ended x using (bucket, entry_id))
    select 'ledger.holds', format('entry %s, account %s', entry_id, account_id),
      format('state %s', array_to_string(allowed, ' or ')), format('state %s', state)
    from expected where state <> all (allowed) and entry_id > ${archivedUpTo}
    order by entry_id, account_id limit 1`,
};

// One hold of an ended authorisation at least is marked by what ended it, and none by anything else; a hold that is
// not captured in full is marked in any case.
const marks: Check = {
  name: 'ends of holds',
  text: `select 'ledger.holds', format('entry %s, account %s', entry_id, account_id),
      format('ended by %s', coalesce(x.id::text, 'nothing')),
      format('ended by %s', coalesce(h.ended_by::text, 'nothing'))
    from ledger.holds h left join (${ends}) x using (bucket, entry_id)
    where (h.ended_by <> x.id or (h.ended_by is not null and x.id is null)
      or (h.ended_by is null and x.id is not null and h.captured_fen + h.freed_fen < h.amount_fen)
      or (x.id is not null and not exists (
        select from ledger.holds o where o.bucket = h.bucket and o.entry_id = h.entry_id and o.ended_by = x.id)))
      and entry_id > ${archivedUpTo}
    order by entry_id, account_id limit 1`,
};

// Only where a capture or void of its authorisation was reversed can some of a hold have been let go of.
const freed: Check = {
  name: 'freed amounts',
  text: `select 'ledger.holds', format('entry %s, account %s', entry_id, account_id), 'freed 0',
      format('freed %s', freed_fen)
    from ledger.holds h where freed_fen <> 0 and entry_id > ${archivedUpTo} and not exists (
      select from ledger.entries f
      join ledger.entries r on r.bucket = f.bucket and r.owner_id = f.owner_id and r.original_id = f.id
      where f.bucket = h.bucket and f.owner_id = h.owner_id and f.original_id = h.entry_id
        and f.kind in (${capture}, ${kindCodes.void}) and r.kind = ${reversal})
    order by entry_id, account_id limit 1`,
};

export const holdChecks: readonly Check[] = [captured, authorised, states, marks, freed];
