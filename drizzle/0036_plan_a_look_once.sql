-- Plan a look once: what finds entries and legs keeps its plan, and looks only into the partitions between the first and
-- the last day that is asked for (measured: a page over eight days 1 ms instead of 5). Without scans of whole tables: a
-- plan that is made while a day's partition is empty is kept when it is full.

create or replace function ledger.legs_of(days date[], buckets smallint[], ids bigint[]) returns text[]
  language plpgsql stable strict set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare first_day date; last_day date; all_legs text[];
begin
  select min(d), max(d) into first_day, last_day from unnest(days) d;
  select array_agg(l.legs order by k.place) into all_legs
    from unnest(days, buckets, ids) with ordinality k(day, bucket, id, place)
    cross join lateral (
      select string_agg(p.account_id || ':' || p.amount_fen || ':' || coalesce(p.balance_fen::text, '') || ':'
          || coalesce(c.returned_fen, 0), ',' order by p.account_id) as legs
        from (select * from ledger.postings where business_date between first_day and last_day
          and business_date = k.day and entry_id = k.id and bucket = k.bucket offset 0) p
        left join lateral (select returned_fen from ledger.corrections
          where bucket = k.bucket and entry_id = k.id and account_id = p.account_id offset 0) c on true) l;
  return all_legs;
end $$;

-- A few days at a time backwards, and no further than it takes to fill the page. Ids of an owner go up from day to day.
create or replace function ledger.last_entries_of(owner_bucket smallint, owner bigint, before_id bigint, wanted integer)
  returns setof ledger.entries
  language plpgsql stable strict rows 32 set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  last_day date := coalesce((select business_date from idempotency.outcomes
    where bucket = owner_bucket and id = before_id), 'infinity');
  first_day date; span integer := 4; got integer;
begin
  loop
    select min(d.business_date), max(d.business_date) into first_day, last_day
      from (select business_date from ledger.business_days where business_date <= last_day
        order by business_date desc limit span) d;
    exit when first_day is null;
    return query select e.* from (
        select business_date from ledger.business_days where business_date between first_day and last_day offset 0) d
      cross join lateral (
        select * from ledger.entries
        where business_date between first_day and last_day and business_date = d.business_date
          and bucket = owner_bucket and owner_id = owner and id < before_id
        order by id desc limit wanted) e
      order by e.id desc limit wanted;
    get diagnostics got = row_count;
    wanted := wanted - got;
    exit when wanted <= 0;
    last_day := first_day - 1;
    span := least(span * 4, 256);
  end loop;
end $$;

alter function ledger.entries_of(smallint[], bigint[], bigint[]) rows 32;
