import { holdStates } from '#ledger/rules/holds.ts';
import { kindCodes } from '#ledger/rules/kinds.ts';
import { firstPurseId } from './balance-checks.ts';
import type { Check } from './wrong.ts';

const { authorise, capture, reversal } = kindCodes;

const captured: Check = {
  name: 'captured amounts',
  text: `with taken as (
      select e.bucket, e.original_id as entry_id, p.account_id, -sum(p.amount_fen) as fen
      from ledger.entries e join ledger.postings p on p.bucket = e.bucket and p.entry_id = e.id
      where e.kind = ${capture} and p.account_id >= ${firstPurseId}
      group by e.bucket, e.original_id, p.account_id)
    select 'ledger.holds', format('entry %s, account %s', entry_id, account_id),
      format('captured %s', coalesce(t.fen, 0)),
      case when h is null then 'no row' else format('captured %s', h.captured_fen) end
    from ledger.holds h full join taken t using (bucket, entry_id, account_id)
    where h is null or h.captured_fen <> coalesce(t.fen, 0)
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
    where a is null or h is null or h.fen is distinct from a.amount_fen or h.owner_id <> a.owner_id or h.last_owner_id <> a.owner_id
    order by id limit 1`,
};

// What is captured in full is captured; else a void or reversal, or a capture that said it is the last, has
// ended the hold; else it is open, or its time was over.
const states: Check = {
  name: 'states of holds',
  text: `with ends as (
      select e.bucket, e.original_id as entry_id, bool_or(e.kind <> ${capture}) as voided,
        bool_or(e.kind = ${capture} and o.detail ~ '(^|;)final=1(;|$)') as final
      from ledger.entries e join idempotency.outcomes o on o.bucket = e.bucket and o.id = e.id
      where e.kind in (${capture}, ${kindCodes.void}, ${reversal}) and e.original_id is not null
      group by e.bucket, e.original_id),
    expected as (
      select h.entry_id, h.account_id, h.state, case
        when h.captured_fen = h.amount_fen then array[${holdStates.captured}]
        when x.voided then array[${holdStates.voided}]
        when x.final then array[${holdStates.captured}]
        else array[${holdStates.open}, ${holdStates.expired}] end as allowed
      from ledger.holds h left join ends x using (bucket, entry_id))
    select 'ledger.holds', format('entry %s, account %s', entry_id, account_id),
      format('state %s', array_to_string(allowed, ' or ')), format('state %s', state)
    from expected where state <> all (allowed)
    order by entry_id, account_id limit 1`,
};

export const holdChecks: readonly Check[] = [captured, authorised, states];
