-- Lock the days that are read: a plan that is kept for any days locks the partitions of all, years of them, for every
-- page of a history. Planned for its days, a statement locks no others, and a server's usual number of locks suffices.

create or replace function ledger.legs_of(days date[], buckets smallint[], ids bigint[]) returns text[]
  language plpgsql stable strict set plan_cache_mode = force_custom_plan set enable_seqscan = off as $$
declare asked date[]; all_legs text[];
begin
  select array_agg(distinct d) into asked from unnest(days) d;
  select array_agg(l.legs order by k.place) into all_legs
    from unnest(days, buckets, ids) with ordinality k(day, bucket, id, place)
    cross join lateral (
      select string_agg(p.account_id || ':' || p.amount_fen || ':' || coalesce(p.balance_fen::text, '') || ':'
          || coalesce(c.returned_fen, 0), ',' order by p.account_id) as legs
        from (select * from ledger.postings where business_date = any (asked)
          and business_date = k.day and entry_id = k.id and bucket = k.bucket offset 0) p
        left join lateral (select returned_fen from ledger.corrections
          where bucket = k.bucket and entry_id = k.id and account_id = p.account_id offset 0) c on true) l;
  return all_legs;
end $$;

-- The last entries of an owner before one of them, newest first, of so many business days at the most: the last ones
-- up to a day, or up to that entry's. Who needs more asks for the days before, in a statement of its own, which has
-- let go of these.
create function ledger.last_entries_of(owner_bucket smallint, owner bigint, before_id bigint, wanted integer,
    through date, days_max integer)
  returns setof ledger.entries
  language plpgsql stable rows 32 set plan_cache_mode = force_custom_plan set enable_seqscan = off as $$
declare first_day date; last_day date;
begin
  select min(d.business_date), max(d.business_date) into first_day, last_day
    from (select business_date from ledger.business_days
      where business_date <= coalesce(through,
        (select business_date from idempotency.outcomes where bucket = owner_bucket and id = before_id), 'infinity')
      order by business_date desc limit days_max) d;
  return query select e.* from (
      select business_date from ledger.business_days where business_date between first_day and last_day offset 0) d
    cross join lateral (
      select * from ledger.entries
      where business_date between first_day and last_day and business_date = d.business_date
        and bucket = owner_bucket and owner_id = owner and id < before_id
      order by id desc limit wanted) e
    order by e.id desc limit wanted;
end $$;

-- What an instance of the version before still asks while the next one starts.
alter function ledger.last_entries_of(smallint, bigint, bigint, integer) set plan_cache_mode = force_custom_plan;

alter function ledger.refuse_reopen_hold() set plan_cache_mode = force_custom_plan;
alter function ledger.refuse_unreturn() set plan_cache_mode = force_custom_plan;
