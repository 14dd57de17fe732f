import { deskParticipantId } from '#clearing/compensate.ts';
import { kindCodes } from '#clearing/request.ts';
import { ofEntrySql } from '#ledger/journal-sql.ts';
import { idLaneSql, idTimeMsSql } from '#platform/ids.ts';
import type { Statement } from '#platform/postgres.ts';
import { keptDays } from '#webhooks/delivery/store.ts';
import { isListeningSql } from '#webhooks/feed/listening.ts';
import { isOwnAccountSql } from '#webhooks/figures/own-accounts.ts';

// Messages are forgotten a while after they were heard, so what is older proves nothing. Two days are left between, for
// whoever forgets while this is asked.
const rememberedDays = keptDays.delivered - 2;
const recent = `business_date >= current_date - ${rememberedDays + 1}`;

/** Each of a participant's entries that its endpoints must have been told of: since they listen, as far as was read. */
const due = `
  select e.id as endpoint_id, e.participant_id, j.id, j.owner_id, j.bucket, j.business_date
  from webhooks.endpoints e
  cross join lateral (
    select * from ledger.entries where ${recent} and participant_id = e.participant_id
    union all
    select * from ledger.entries j where ${recent} and participant_id = ${deskParticipantId} and exists (
      select from ledger.postings p where p.business_date = j.business_date and ${ofEntrySql('p', 'j.id')} and p.bucket = j.bucket
        and ${isOwnAccountSql('p.account_id', 'e.participant_id')})) j
  join webhooks.lanes w on w.lane = ${idLaneSql('j.id')} and j.id < w.next_id
  where ${isListeningSql} and j.id >= coalesce(e.from_ids[${idLaneSql('j.id')} + 1], 0)
    and ${idTimeMsSql('j.id')} > extract(epoch from clock_timestamp() - interval '${rememberedDays} days') * 1000`;

const told: Statement = {
  name: 'webhooks-prove-told',
  text: `select 'webhooks.messages', format('entry %s', d.id),
      format('a message for endpoint %s of participant %s', d.endpoint_id, d.participant_id), 'none'
    from (${due}) d
    where not exists (
      select from webhooks.messages m where m.endpoint_id = d.endpoint_id and m.source = 'entry' and m.source_id = d.id)
    order by d.id, d.endpoint_id limit 1`,
};

const isArchived = (row: string) =>
  `exists (select from ledger.archived_days a where a.business_date = ${row}.business_date)`;

// What a message says an entry moved is what the books say; who is told of a stranger's entry finds nothing moved.
const agrees: Statement = {
  name: 'webhooks-prove-agrees',
  text: `select 'webhooks.messages', format('id %s', m.id),
      case when j.id is null then 'an entry of the participant'
        else format('%s fen of %s-%s', b.amount, j.owner_id, j.id) end,
      format('%s fen of %s', m.data ->> 'amount', m.data ->> 'transactionId')
    from (
      select m.id, m.source_id, e.participant_id, o.bucket, o.business_date, o.amount_fen,
        m.payload::jsonb -> 'data' as data
      from webhooks.messages m
      join webhooks.endpoints e on e.id = m.endpoint_id
      left join lateral (
        select bucket, business_date, amount_fen from idempotency.outcomes
        where id = m.source_id and refusal is null) o on true
      where m.source = 'entry') m
    left join ledger.entries j on j.business_date = m.business_date and j.id = m.source_id and j.bucket = m.bucket
    left join lateral (
      select case when j.kind = ${kindCodes.authorise} then coalesce(m.amount_fen, 0)
          else abs(coalesce(sum(amount_fen), 0)) end as amount, count(*) as legs
      from ledger.postings p
      where p.business_date = m.business_date and ${ofEntrySql('p', 'm.source_id')} and p.bucket = m.bucket
        and ${isOwnAccountSql('p.account_id', 'm.participant_id')}) b on true
    where ${isArchived('m')} is not true and (j.id is null or j.participant_id <> m.participant_id and b.legs = 0
      or (m.data ->> 'transactionId', (m.data ->> 'amount')::numeric)
        is distinct from (format('%s-%s', j.owner_id, j.id), b.amount::numeric))
    order by m.id limit 1`,
};

// Nobody read further than the books go.
const read: Statement = {
  name: 'webhooks-prove-read',
  text: `select 'webhooks.lanes', format('lane %s', w.lane), format('group %s or less', coalesce(g.sequence, 0)),
      format('group %s', w.sequence)
    from webhooks.lanes w
    left join ledger.lanes l on l.lane = w.lane
    left join lateral (
      select sequence, first_id + outcome_count as next_id from ledger.groups
      where bucket = l.bucket and lane = l.lane order by sequence desc limit 1) g on true
    where w.sequence > coalesce(g.sequence, 0) or w.next_id > coalesce(g.next_id, 0)
    order by w.lane limit 1`,
};

const days: Statement = {
  name: 'webhooks-prove-days',
  text: `select 'webhooks.messages', format('id %s', m.id),
      format('%s fen with seal %s', coalesce(n.credit_fen - n.debit_fen, 0), encode(s.hash, 'hex')),
      format('%s fen with seal %s', m.data ->> 'net', m.data ->> 'seal')
    from (
      select m.id, e.participant_id, date '1970-01-01' + m.source_id::int as business_date,
        m.payload::jsonb -> 'data' as data
      from webhooks.messages m join webhooks.endpoints e on e.id = m.endpoint_id where m.source = 'day') m
    left join settlement.seals s on s.business_date = m.business_date
    left join settlement.nets n on n.business_date = m.business_date and n.participant_id = m.participant_id
    where (coalesce(n.credit_fen - n.debit_fen, 0)::numeric, encode(s.hash, 'hex'))
      is distinct from ((m.data ->> 'net')::numeric, m.data ->> 'seal')
    order by m.id limit 1`,
};

/** How many messages are not held against the books, because their entry lies in an archived day. */
export const webhooksLeftOut: Statement = {
  name: 'webhooks-left-out',
  text: `select count(*) from webhooks.messages m
    join idempotency.outcomes o on o.id = m.source_id and o.refusal is null
    where m.source = 'entry' and ${isArchived('o')}`,
};

/** What participants are told against the books: each gives the first row that is wrong as table, key, expected, found. */
export const webhookProofs: readonly Statement[] = [read, told, agrees, days];
