import { hotCauses } from '#cards/rules/hot.ts';
import type { Statement } from '#platform/postgres.ts';

const status: Statement = {
  name: 'cards-prove-status',
  text: `select 'cards.cards', format('id %s', c.id), e.to_status, c.status
    from cards.cards c
    join (
      select distinct on (bucket, card_id) bucket, card_id, to_status from cards.events
      order by bucket, card_id, id desc) e on e.bucket = c.bucket and e.card_id = c.id
    where e.to_status <> c.status order by c.id limit 1`,
};

// Each step begins where the one before it ended, and the first one at nothing.
const steps: Statement = {
  name: 'cards-prove-steps',
  text: `select 'cards.events', format('card %s, id %s', card_id, id), coalesce(before, 'no card'), coalesce(from_status, 'no card')
    from (
      select card_id, id, from_status, lag(to_status) over (partition by bucket, card_id order by id) as before
      from cards.events) e
    where before is not null and from_status is distinct from before
    order by card_id, id limit 1`,
};

const hot = `(${hotCauses.map((cause) => `'${cause}'`).join(', ')})`;

// Terminals were told what each card's row says, and nothing of cards that are not there.
const hotList: Statement = {
  name: 'cards-prove-hot-list',
  text: `with told as (
      select distinct on (mark) mark, version, op, cause from cards.hot_changes order by mark, version desc)
    select case when c.id is null then 'cards.hot_changes' else 'cards.cards' end,
      case when c.id is null then format('version %s', t.version) else format('id %s', c.id) end,
      case when c.id is null then 'the mark of a card' when t.op = 'add' then t.cause else 'on no hot list' end,
      case when c.id is null then 'of none' else c.status end
    from (select * from cards.cards where hot_mark is not null) c full join told t on t.mark = c.hot_mark
    where c.id is null
      or (case when t.op = 'add' then t.cause end) is distinct from (case when c.status in ${hot} then c.status end)
    order by c.id, t.version limit 1`,
};

/** Cards, their history and the hot list: each gives the first row that is wrong as table, key, expected, found. */
export const cardProofs: readonly Statement[] = [status, steps, hotList];
