-- Look by spans of days: what reads a history keeps its plan for sixteen days at a time. Planned anew for each look,
-- as it was, a page cost 40 us for every day that it went through, twice; planned once for all days, it locked all of them.

-- Sixteen days that follow each other are a span, numbered since 2000. The two functions of a span name its days in their
-- text, so that their plans, which a session makes once, hold its partitions and no others. Without scans of whole
-- tables: a plan that is made while a day is empty is kept when it is full. A span outlives its partitions.
create function ledger.add_span(day date) returns void
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
revoke execute on function ledger.add_span(date) from public;

select ledger.add_span(business_date) from ledger.business_days order by business_date;

-- Makes the partitions of a day, as before, and its span; under a lock of its own, and no longer under the one that puts
-- the rows of the audit trail one after the other (0004): whoever brought an archived day back held that until the last
-- row was in, and nobody could sign in meanwhile.
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

-- The last entries of an owner before one of them, newest first, of so many business days at the most: the last ones
-- up to a day, or up to that entry's. Span by span backwards, and no further than it takes: ids of an owner go up from
-- day to day. Who needs more asks for the days before, in a statement of its own, which has let go of these.
create or replace function ledger.last_entries_of(owner_bucket smallint, owner bigint, before_id bigint, wanted integer,
    through date, days_max integer)
  returns setof ledger.entries
  language plpgsql stable rows 32 set plan_cache_mode = force_generic_plan as $$
declare first_day date; last_day date; span integer; got integer;
begin
  select min(d.business_date), max(d.business_date) into first_day, last_day
    from (select business_date from ledger.business_days
      where business_date <= coalesce(through,
        (select business_date from idempotency.outcomes where bucket = owner_bucket and id = before_id), 'infinity')
      order by business_date desc limit days_max) d;
  for span in select distinct (business_date - date '2000-01-01') / 16 as n from ledger.business_days
    where business_date between first_day and last_day order by n desc
  loop
    return query execute format('select * from ledger.entries_of_span_%s($1, $2, $3, $4, $5, $6)', span)
      using owner_bucket, owner, before_id, wanted, first_day, last_day;
    get diagnostics got = row_count;
    wanted := wanted - got;
    exit when wanted <= 0;
  end loop;
end $$;

create or replace function ledger.legs_of(days date[], buckets smallint[], ids bigint[]) returns text[]
  language plpgsql stable strict set plan_cache_mode = force_generic_plan as $$
declare
  all_legs text[] := array_fill(null::text, array[cardinality(ids)]);
  span integer; one record;
begin
  for span in select distinct (d - date '2000-01-01') / 16 from unnest(days) d loop
    for one in execute format('select place, legs from ledger.legs_of_span_%s($1, $2, $3)', span)
      using days, buckets, ids
    loop
      all_legs[one.place] := one.legs;
    end loop;
  end loop;
  return all_legs;
end $$;

-- What a history shows of these entries, newest first: their legs, what they hold, and what was pinned with them. It
-- reads no partition by itself, so its plan is kept.
create function ledger.told_of(entries ledger.entries[])
  returns table (id bigint, original_id bigint, business_date date, participant_id integer, terminal_id integer,
    kind smallint, sector smallint, legs text, held_fen bigint, captured_fen bigint, expires_ms bigint, detail text,
    open boolean)
  language plpgsql stable rows 32 set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
begin
  return query
    with found as materialized (select e.*, row_number() over () as place from unnest(entries) e),
    legs as materialized (
      select ledger.legs_of(array_agg(business_date order by place), array_agg(bucket order by place),
        array_agg(id order by place)) as of_all from found)
    select e.id, e.original_id, e.business_date, e.participant_id, e.terminal_id, e.kind, e.sector,
      (select of_all[e.place] from legs), h.amount, h.captured, h.expires, o.detail, h.open
    from found e
    cross join lateral (
      select sum(amount_fen - freed_fen)::bigint as amount, sum(captured_fen)::bigint as captured,
        (extract(epoch from max(expires_at)) * 1000)::bigint as expires, bool_or(state = 1) as open
      from ledger.holds where bucket = e.bucket and entry_id = e.id) h
    left join lateral (
      select detail from idempotency.outcomes where bucket = e.bucket and id = e.id offset 0) o on true
    order by e.id desc;
end $$;
