-- Make days beside the audit trail: partitions and spans were made under the lock that puts the rows of the trail one after
-- the other (0004). Whoever brought an archived day back had it until the last row was in, minutes for a large day, and
-- nobody could sign in meanwhile. Nothing else of these two functions is changed.

create or replace function ledger.add_span(day date) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  span integer := (day - date '2000-01-01') / 16;
  first_day date := date '2000-01-01' + span * 16;
begin
  if to_regproc('ledger.legs_of_span_' || span) is not null then
    return;
  end if;
  -- Two instances may come to it at once.
  perform pg_advisory_xact_lock(4600000005);
  execute format($make$
create or replace function ledger.entries_of_span_%1$s(owner_bucket smallint, owner bigint, before_id bigint,
    wanted integer, first_day date, last_day date)
  returns setof ledger.entries language plpgsql stable rows 32
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $body$
begin
  return query select e.* from (
      select business_date from ledger.business_days where business_date between first_day and last_day
        and business_date between %2$L and %3$L offset 0) d
    cross join lateral (
      select * from ledger.entries
      where business_date between %2$L and %3$L and business_date between first_day and last_day
        and business_date = d.business_date
        and bucket = owner_bucket and owner_id = owner and id < before_id
      order by id desc limit wanted) e
    order by e.id desc limit wanted;
end $body$;
create or replace function ledger.legs_of_span_%1$s(days date[], buckets smallint[], ids bigint[])
  returns table (place bigint, legs text) language plpgsql stable rows 32
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $body$
begin
  return query select k.place, (
      select string_agg(p.account_id || ':' || p.amount_fen || ':' || coalesce(p.balance_fen::text, '') || ':'
          || coalesce(c.returned_fen, 0), ',' order by p.account_id)
        from (select * from ledger.postings
          where business_date between %2$L and %3$L and business_date = k.day and entry_id = k.id
            and bucket = k.bucket offset 0) p
        left join lateral (select returned_fen from ledger.corrections
          where bucket = k.bucket and entry_id = k.id and account_id = p.account_id
          offset 0) c on true)
    from unnest(days, buckets, ids) with ordinality k(day, bucket, id, place)
    where k.day between %2$L and %3$L;
end $body$;
$make$, span, first_day, first_day + 15);
end $$;

create or replace function ledger.add_day_partitions(day date) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  ending text := to_char(day, '"_"YYYYMMDD');
  covered boolean;
begin
  perform ledger.add_span(day);
  if to_regclass('ledger.entries' || ending) is not null and to_regclass('ledger.postings' || ending) is not null then
    return false;
  end if;
  -- Two instances may come to it at once.
  perform pg_advisory_xact_lock(4600000005);
  select day < (regexp_match(pg_get_expr(relpartbound, oid), 'TO \(''([0-9-]+)''\)'))[1]::date into covered
    from pg_class where oid = to_regclass('ledger.postings_before');
  if covered or to_regclass('ledger.postings' || ending) is not null then
    return false;
  end if;
  -- The guards of the parent do not see what goes to a partition by its name.
  execute format('create table ledger.entries%1$s (like ledger.entries including constraints);
    create trigger entries_open_day after insert on ledger.entries%1$s
      referencing new table as new_rows for each statement execute function ledger.refuse_other_day();
    create trigger entries_append_only before update or delete or truncate on ledger.entries%1$s
      for each statement execute function ledger.refuse_change();
    create table ledger.postings%1$s (like ledger.postings including constraints);
    create trigger postings_check after insert on ledger.postings%1$s
      referencing new table as new_rows for each statement execute function ledger.check_postings();
    create trigger postings_append_only before update or delete or truncate on ledger.postings%1$s
      for each statement execute function ledger.refuse_change();
    alter table ledger.entries attach partition ledger.entries%1$s for values from (%2$L) to (%3$L);
    alter table ledger.postings attach partition ledger.postings%1$s for values from (%2$L) to (%3$L)',
    ending, day, day + 1);
  return true;
end $$;
