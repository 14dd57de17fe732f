import type { Statement } from '#platform/postgres.ts';
import { countedDaysSql, countedSql } from '#terminals/batches/counted-sql.ts';
import { isCountedSql, shareFenSql, sideSql } from '#terminals/batches/rules/totals.ts';

const key = `format('terminal %s, batch %s', b.terminal_id, b.batch_number)`;
const totals = (of: 'own' | 'claimed' | 'sum') =>
  `format('debit %s in %s, credit %s in %s', ${['debit', 'credit']
    .map((side) => `${of}_${side}_fen, ${of}_${side}_count`)
    .join(', ')})`;
const sameTotals = (one: string, other: string) => {
  const columns = (of: string) =>
    ['debit_fen', 'debit_count', 'credit_fen', 'credit_count'].map((name) => `${of}_${name}`).join(', ');
  return `(${columns(one)}) is not distinct from (${columns(other)})`;
};

// The terminal's number is what clearing judges by: it is its one batch that is not closed.
const current: Statement = {
  name: 'terminals-prove-current-batch',
  text: `select 'terminals.terminals', format('id %s', t.id),
      coalesce('batch ' || min(b.batch_number), 'a batch that is not closed'),
      case when count(b.batch_number) > 1 then 'another one too' else format('batch %s', t.batch_number) end
    from terminals.terminals t
    left join terminals.batches b on b.terminal_id = t.id and b.state <> 'closed'
    group by t.id
    having count(b.batch_number) <> 1 or min(b.batch_number) <> t.batch_number
    order by t.id limit 1`,
};

// A batch is followed by the next one, so none was taken out of a terminal's history.
const chain: Statement = {
  name: 'terminals-prove-next-batch',
  text: `select 'terminals.batches', ${key}, 'a next batch', 'none'
    from terminals.batches b
    where b.state = 'closed' and not exists (
      select from terminals.batches n
      where n.terminal_id = b.terminal_id and n.batch_number = b.batch_number % 999999 + 1)
    order by b.terminal_id, b.batch_number limit 1`,
};

const ofBatch = '(select b.terminal_id, b.batch_number, b.opened_on, b.counted_below)';
// Days are archived in their order, so a batch is whole in the books if its first day is.
const settled = (isWhole: boolean) => `select b.* from terminals.batches b
  cross join lateral (${countedDaysSql(ofBatch)}) d(first_day, last_day)
  where settled_at is not null
    and ${isWhole ? 'not' : ''} coalesce(d.first_day <= (select max(business_date) from ledger.archived_days), false)`;

// What was decided before a batch was counted stays; what came later is not in its totals, and is not looked at.
const ownTotals: Statement = {
  name: 'terminals-prove-batch-totals',
  text: `select 'terminals.batches', ${key}, ${totals('sum')}, ${totals('own')}
    from (${settled(true)}) b
    left join lateral (
      select greatest(coalesce(sum(share) filter (where side = 'debit'), 0), 0)::bigint as sum_debit_fen,
        count(*) filter (where side = 'debit' and ${isCountedSql})::int as sum_debit_count,
        coalesce(sum(share) filter (where side = 'credit'), 0)::bigint as sum_credit_fen,
        count(*) filter (where side = 'credit')::int as sum_credit_count
      from (
        select adjusts, ${shareFenSql} as share, ${sideSql} as side
        from (select *, adjusted_trace is not null as adjusts
          from (${countedSql(ofBatch)} offset 0) o) c) s
    ) s on true
    where not ${sameTotals('sum', 'own')}
    order by b.terminal_id, b.batch_number limit 1`,
};

// Terminals were told that a batch balances where it does, and nowhere else; one that does is closed at once.
const answers: Statement = {
  name: 'terminals-prove-batch-answers',
  text: `select 'terminals.batches', ${key}, 'claimed: ' || ${totals('own')}, 'claimed: ' || ${totals('claimed')}
    from terminals.batches b
    where b.settle_answer = 'balanced' and (b.state <> 'closed' or not ${sameTotals('own', 'claimed')})
    order by b.terminal_id, b.batch_number limit 1`,
};

const uploads: Statement = {
  name: 'terminals-prove-uploads',
  text: `select 'terminals.batch_uploads',
      format('terminal %s, batch %s, trace %s', u.terminal_id, u.batch_number, u.trace_number),
      case when u.own_amount_fen is null then 'missing-here' else format('matched by %s', u.own_amount_fen) end,
      format('%s by %s', u.verdict, u.amount_fen)
    from terminals.batch_uploads u
    where (u.verdict = 'matched') is distinct from coalesce(u.own_amount_fen = u.amount_fen, false)
        and u.verdict is not null and u.verdict <> 'side-differs'
      or (u.verdict = 'missing-here') is distinct from (u.own_amount_fen is null) and u.verdict is not null
    order by u.terminal_id, u.batch_number, u.trace_number limit 1`,
};

/** How many settled batches are not counted anew, because some of theirs was posted on an archived day. */
export const terminalsLeftOut: Statement = {
  name: 'terminals-left-out',
  text: `select count(*) from (${settled(false)}) b`,
};

/** Terminals and their batches: each gives the first row that is wrong as table, key, expected, found. */
export const terminalProofs: readonly Statement[] = [current, chain, ownTotals, answers, uploads];
