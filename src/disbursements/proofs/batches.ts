import { archivedSql, clearedSql, purseAccountSql } from '#clearing/cleared-sql.ts';
import { namedKeySql } from '#idempotency/rules/keys.ts';
import { idTimeMsSql } from '#platform/ids.ts';
import type { Statement } from '#platform/postgres.ts';
import { subsidies } from '#sectors/subsidies/subsidies.ts';

const line = `format('batch %s, line %s', l.batch_id, l.line_no)`;

const keyed = `select l.*, b.participant_id, b.terminal_id, b.state as batch_state,
    ${namedKeySql(`'subsidy ' || l.batch_id`, `l.line_no || '/' || l.attempt`)} as business_key,
    ${purseAccountSql('l.card_account_id', 'b.purse')} as account_id,
    format('period=%s;programme=%s;purse=%s', l.period, l.programme, b.purse) as detail
  from disbursements.lines l join disbursements.batches b on b.id = l.batch_id`;

// While a batch runs, a line that is to be paid may be paid in the books before it says so.
const paid: Statement = {
  name: 'disbursements-prove-paid',
  text: `with loads as (${clearedSql(subsidies.code, ['load'])}),
    kept as (
      select * from (${keyed}) k where not exists (select from (${archivedSql}) a where a.business_key = k.business_key))
    select case when l.line_no is null then 'ledger.entries' else 'disbursements.lines' end,
      case when l.line_no is null then format('id %s', e.id) else ${line} end,
      case when l.line_no is null then 'a line' when e.id is null then 'no entry'
        else format('paid: entry %s, %s fen to account %s on %s, %s', e.id, e.fen, e.account_id, e.business_date, e.detail) end,
      case when l.line_no is null then 'none'
        else format('%s: entry %s, %s fen to account %s on %s, %s', l.state, l.entry_id, l.amount_fen, l.account_id, l.paid_on,
          l.detail) end
    from kept l full join loads e using (business_key)
    where l.line_no is null
      or l.state = 'paid' and (e.id, e.business_date) is distinct from (l.entry_id, l.paid_on)
      or e.id is not null and (
        l.state not in ('paid', 'ready') or l.state = 'ready' and l.batch_state <> 'running'
        or (e.fen, e.account_id, e.detail, e.participant_id, e.terminal_id)
          is distinct from (l.amount_fen, l.account_id, l.detail, l.participant_id, l.terminal_id))
    order by l.batch_id, l.line_no, e.id limit 1`,
};

const once: Statement = {
  name: 'disbursements-prove-once',
  text: `select 'disbursements.lines', ${line}, 'a person paid once for ' || l.programme || ' ' || l.period, 'paid before'
    from (
      select batch_id, line_no, programme, period,
        row_number() over (partition by id_number_digest, programme, period order by entry_id, batch_id, line_no) as nth
      from disbursements.lines where state = 'paid') l
    where l.nth > 1 order by l.batch_id, l.line_no limit 1`,
};

// What was paid says what its lines say, so it is the batch that was moved.
const period: Statement = {
  name: 'disbursements-prove-period',
  text: `select 'disbursements.batches', format('id %s', b.id), format('%s %s, as line %s', l.programme, l.period, l.line_no),
      format('%s %s', b.programme, b.period)
    from disbursements.lines l join disbursements.batches b on b.id = l.batch_id
    where (l.programme, l.period) <> (b.programme, b.period) order by b.id, l.line_no limit 1`,
};

const totals: Statement = {
  name: 'disbursements-prove-totals',
  text: `select 'disbursements.batches', format('id %s', b.id),
      format('%s lines, %s fen', coalesce(l.count, 0), coalesce(l.fen, 0)), format('%s lines, %s fen', b.line_count, b.total_fen)
    from disbursements.batches b
    left join (select batch_id, count(*) as count, coalesce(sum(amount_fen), 0) as fen from disbursements.lines group by 1) l
      on l.batch_id = b.id
    where (coalesce(l.count, 0), coalesce(l.fen, 0)) is distinct from (b.line_count, b.total_fen)
    order by b.id limit 1`,
};

const approvedStates = `('approved', 'running', 'paid', 'partly-paid')`;

// What was approved were the lines that were to be paid then: those that still are, and those that clearing decided
// about since. Their digest, and the text around it (rules/content.ts), are computed anew.
const approved: Statement = {
  name: 'disbursements-prove-approved',
  text: `with meant as (
      select b.id, count(l.line_no) as count, coalesce(sum(l.amount_fen), 0) as fen,
        sha256(convert_to(coalesce(string_agg(concat_ws(' ', l.line_no, l.attempt, encode(l.id_number_digest, 'hex'),
          l.card_account_id, l.card_id, l.amount_fen), chr(10) order by l.line_no), ''), 'UTF8')) as digest
      from disbursements.batches b
      join access.proposals p on p.id = b.proposal_id
      left join disbursements.lines l on l.batch_id = b.id and (l.state = 'ready' or l.state in ('paid', 'failed')
        and ${idTimeMsSql('l.entry_id')} >= floor(extract(epoch from p.decided_at) * 1000))
      where b.state in ${approvedStates} group by b.id),
    said as (
      select b.*, m.digest, sha256(convert_to(concat_ws(chr(10), 'subsidy-batch', format('batch %s/%s', b.id, b.round),
          format('batch %s round %s', b.id, b.round), format('programme %s period %s', b.programme, b.period),
          format('paid by %s at %s into %s', b.participant_id, b.terminal_id, b.purse),
          format('lines %s total %s fen', m.count, m.fen), 'sha256 ' || encode(m.digest, 'hex')), 'UTF8')) as content_hash
      from disbursements.batches b left join meant m on m.id = b.id where b.state in ${approvedStates})
    select 'disbursements.batches', format('id %s', s.id),
      format('as approved: proposed by %s, approved by %s, digest %s', p.made_by, p.decided_by, encode(s.digest, 'hex')),
      case when p.id is null then 'no proposal' when coalesce(p.decision, '') <> 'approved' then 'a proposal that nobody approved'
        when s.approved_by in (s.imported_by, s.made_by, s.proposed_by) then format('approved by %s, who made it', s.approved_by)
        when (s.digest, s.proposed_by, s.approved_by) is not distinct from (s.approved_digest, p.made_by, p.decided_by)
          then 'a proposal of other content'
        else format('proposed by %s, approved by %s, digest %s', s.proposed_by, s.approved_by, encode(s.approved_digest, 'hex')) end
    from said s
    left join access.proposals p on p.id = s.proposal_id and p.kind = 'subsidy-batch'
      and p.subject = format('batch %s/%s', s.id, s.round)
    where coalesce(p.decision, '') <> 'approved' or s.approved_by in (s.imported_by, s.made_by, s.proposed_by)
      or (s.digest, s.content_hash, s.proposed_by, s.approved_by)
        is distinct from (s.approved_digest, p.content_hash, p.made_by, p.decided_by)
    order by s.id limit 1`,
};

/** How many lines are not held against the books, because they were paid on an archived day. */
export const subsidiesLeftOut: Statement = {
  name: 'disbursements-left-out',
  text: `select count(*) from (${keyed}) k
    where exists (select from (${archivedSql}) a where a.business_key = k.business_key)`,
};

/** Subsidies against the books and their approvals: each gives the first row that is wrong as table, key, expected, found. */
export const disbursementProofs: readonly Statement[] = [paid, once, period, totals, approved];
