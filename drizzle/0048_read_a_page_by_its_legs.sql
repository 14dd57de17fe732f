-- Read a page by its legs: a row for each purse leg of an entry, as it stands in the journal, instead of a text of all legs put
-- together by an aggregate with a sort of its own for each entry, and a look at the holds for authorisations alone. With 0047,
-- measured over thirty days: 0.28 to 0.18 ms a page in the server.

-- Where there is no day yet there is no history; add_span makes it anew.
create function ledger.history_of(owner_bucket smallint, owner bigint, before_id bigint, wanted integer, through date,
    days_max integer)
  returns table (id bigint, original_id bigint, business_date date, participant_id integer, terminal_id integer,
    kind smallint, sector smallint, account_id bigint, amount_fen bigint, balance_fen bigint, held_fen bigint,
    captured_fen bigint, expires_ms bigint, open boolean, detail text)
  language plpgsql stable rows 32 as $$ begin return; end $$;

-- What an authorisation holds, over all its purses.
create function ledger.held_by(owner_bucket smallint, authorisation bigint)
  returns table (held_fen bigint, captured_fen bigint, expires_ms bigint, open boolean)
  language sql stable rows 1 as $$
  select sum(amount_fen - freed_fen)::bigint, sum(captured_fen)::bigint,
    (extract(epoch from max(expires_at)) * 1000)::bigint, bool_or(state = 1)
  from ledger.holds where bucket = owner_bucket and entry_id = authorisation
$$;

-- The functions of the span that a day is in, and those that lead to all spans: by their text, so that a session plans each of
-- their statements once, for the partition it is about and no other. A span outlives its partitions.
-- An entry comes with all its purse legs, in rows beside each other, or in one row without any; a span ends with the rows that were
-- wanted, so that there may be fewer entries. How a span's statements are planned is set by history_of, which alone calls them.
create or replace function ledger.add_span(day date) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  span integer := (day - date '2000-01-01') / 16;
  first_day date := date '2000-01-01' + span * 16;
  days text := ''; pages text; legs text;
begin
  if to_regproc('ledger.history_of_span_' || span) is not null then
    return;
  end if;
  -- Two instances may come to it at once.
  perform pg_advisory_xact_lock(4600000005);
  -- Asked of the catalogue itself: a name that was not found is remembered.
  if exists (select from pg_proc where pronamespace = 'ledger'::regnamespace and proname = 'history_of_span_' || span) then
    return;
  end if;
  for n in reverse 15..0 loop
    days := days || format($day$
  if %1$L between first_day and last_day then
    return query select e.id, e.original_id, date %1$L, e.participant_id, e.terminal_id, e.kind, e.sector, e.has_detail,
        p.account_id, p.amount_fen, p.balance_fen
      from (
        select id, original_id, participant_id, terminal_id, kind, sector, has_detail from ledger.entries
        where business_date = %1$L and bucket = owner_bucket and owner_id = owner and id + 0 < before_id
        order by id desc limit wanted) e
      left join lateral (
        select account_id, amount_fen, balance_fen from ledger.postings
        where business_date = %1$L and entry_id >> 2 = e.id >> 2 and entry_id = e.id and bucket = owner_bucket
          and balance_fen is not null offset 0) p on true
      order by e.id desc;
    get diagnostics got = row_count;
    wanted := wanted - got;
    if wanted <= 0 then
      return;
    end if;
  end if;$day$, first_day + n);
  end loop;
  execute format($make$
create function ledger.history_of_span_%1$s(owner_bucket smallint, owner bigint, before_id bigint, wanted integer,
    first_day date, last_day date)
  returns table (id bigint, original_id bigint, business_date date, participant_id integer, terminal_id integer,
    kind smallint, sector smallint, has_detail boolean, account_id bigint, amount_fen bigint, balance_fen bigint)
  language plpgsql stable rows 32 as $body$
#variable_conflict use_column
declare got integer;
begin%2$s
end $body$;
create or replace function ledger.legs_of_span_%1$s(days date[], buckets smallint[], ids bigint[])
  returns table (place bigint, legs text) language plpgsql stable rows 32
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $body$
begin
  return query select k.place, (
      select string_agg(p.account_id || ':' || p.amount_fen || ':' || coalesce(p.balance_fen::text, '') || ':'
          || coalesce(c.returned_fen, 0), ',' order by p.account_id)
        from (select * from ledger.postings
          where business_date between %3$L and %4$L and business_date = k.day and entry_id >> 2 = k.id >> 2
            and entry_id = k.id and bucket = k.bucket offset 0) p
        left join lateral (select returned_fen from ledger.corrections
          where bucket = k.bucket and entry_id = k.id and account_id = p.account_id
          offset 0) c on true)
    from unnest(days, buckets, ids) with ordinality k(day, bucket, id, place)
    where k.day between %3$L and %4$L;
end $body$;
$make$, span, days, first_day, first_day + 15);

  select string_agg(format($one$
      when %1$s then return query
        select t.id, t.original_id, t.business_date, t.participant_id, t.terminal_id, t.kind, t.sector,
          t.account_id, t.amount_fen, t.balance_fen, h.held_fen, h.captured_fen, h.expires_ms, h.open,
          case when t.has_detail is distinct from false
            then (select detail from idempotency.outcomes where bucket = owner_bucket and id = t.id) end
        from ledger.history_of_span_%1$s(owner_bucket, owner, before_id, wanted, first_day, last_day) t
        left join lateral (select * from ledger.held_by(owner_bucket, t.id) where t.kind = 3 offset 0) h on true;$one$, n),
      '' order by n desc),
    string_agg(format($one$
      when %1$s then
        for one in select place, legs from ledger.legs_of_span_%1$s(days, buckets, ids) loop
          all_legs[one.place] := one.legs;
        end loop;$one$, n), '' order by n desc)
  into pages, legs
  from (
    select substring(proname from '[0-9]+$')::integer as n from pg_proc
    where pronamespace = 'ledger'::regnamespace and proname ~ '^history_of_span_[0-9]+$') spans;
  execute format($make$
create or replace function ledger.history_of(owner_bucket smallint, owner bigint, before_id bigint, wanted integer,
    through date, days_max integer)
  returns table (id bigint, original_id bigint, business_date date, participant_id integer, terminal_id integer,
    kind smallint, sector smallint, account_id bigint, amount_fen bigint, balance_fen bigint, held_fen bigint,
    captured_fen bigint, expires_ms bigint, open boolean, detail text)
  language plpgsql stable rows 32 set plan_cache_mode = force_generic_plan set enable_seqscan = off
  set enable_bitmapscan = off as $body$
#variable_conflict use_column
declare first_day date; last_day date; got integer;
begin
  select min(d.business_date), max(d.business_date) into first_day, last_day
    from (select business_date from ledger.business_days
      where business_date <= coalesce(through,
        (select business_date from idempotency.outcomes where bucket = owner_bucket and id = before_id), 'infinity')
      order by business_date desc limit days_max) d;
  if last_day is null then
    return;
  end if;
  for span in reverse (last_day - date '2000-01-01') / 16 .. (first_day - date '2000-01-01') / 16 loop
    case span%1$s
      else
        -- Sixteen days without business, or the books would be told as they are not.
        if exists (select from ledger.business_days where (business_date - date '2000-01-01') / 16 = span) then
          raise exception 'the days of span %% have no functions', span;
        end if;
        continue;
    end case;
    get diagnostics got = row_count;
    wanted := wanted - got;
    exit when wanted <= 0;
  end loop;
end $body$;
create or replace function ledger.legs_of(days date[], buckets smallint[], ids bigint[]) returns text[]
  language plpgsql stable strict set plan_cache_mode = force_generic_plan as $body$
declare
  all_legs text[] := array_fill(null::text, array[cardinality(ids)]);
  span integer; one record;
begin
  for span in select distinct (d - date '2000-01-01') / 16 from unnest(days) d loop
    case span%2$s
      else raise exception 'the days of span %% have no functions', span;
    end case;
  end loop;
  return all_legs;
end $body$;
$make$, pages, legs);
end $$;
revoke execute on function ledger.add_span(date) from public;

select ledger.add_span(day) from (
  select business_date as day from ledger.business_days
  union select to_date(right(relname, 8), 'YYYYMMDD') from pg_class
    where relnamespace = 'ledger'::regnamespace and relname ~ '^entries_[0-9]{8}$') days
order by day;

-- These entries of an owner as its history shows them, leg by leg.
create function ledger.history_entries(owner_bucket smallint, owner bigint, ids bigint[])
  returns table (id bigint, original_id bigint, business_date date, participant_id integer, terminal_id integer,
    kind smallint, sector smallint, account_id bigint, amount_fen bigint, balance_fen bigint, held_fen bigint,
    captured_fen bigint, expires_ms bigint, open boolean, detail text)
  language plpgsql stable rows 32 set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
begin
  return query
    with found as materialized (
      select e.*, row_number() over () as place
      from ledger.entries_of(array_fill(owner_bucket, array[cardinality(ids)]), array_fill(owner, array[cardinality(ids)]),
        ids) e),
    legs as materialized (
      select ledger.legs_of(array_agg(business_date order by place), array_agg(bucket order by place),
        array_agg(id order by place)) as of_all from found)
    select t.id, t.original_id, t.business_date, t.participant_id, t.terminal_id, t.kind, t.sector,
      p.part[1]::bigint, p.part[2]::bigint, p.part[3]::bigint, h.held_fen, h.captured_fen, h.expires_ms, h.open,
      case when t.has_detail is distinct from false
        then (select detail from idempotency.outcomes where bucket = owner_bucket and id = t.id) end
    from found t
    left join lateral (
      select part from (
        select string_to_array(leg, ':') as part
        from string_to_table((select of_all[t.place] from legs), ',') leg) l
      where part[3] <> '' offset 0) p on true
    left join lateral (select * from ledger.held_by(owner_bucket, t.id) where t.kind = 3 offset 0) h on true
    order by t.id desc;
end $$;

-- For instances of the version before, until 0049: they take fewer entries than they wanted for the end, so that as many rows are
-- asked for as an owner has purses.
create or replace function ledger.page_of(owner_bucket smallint, owner bigint, before_id bigint, wanted integer, through date,
    days_max integer)
  returns table (id bigint, original_id bigint, business_date date, participant_id integer, terminal_id integer,
    kind smallint, sector smallint, legs text, held_fen bigint, captured_fen bigint, expires_ms bigint, detail text,
    open boolean)
  language sql stable rows 32 as $$
  select id, original_id, business_date, participant_id, terminal_id, kind, sector,
    string_agg(account_id || ':' || amount_fen || ':' || balance_fen, ',' order by account_id),
    held_fen, captured_fen, expires_ms, detail, open
  from ledger.history_of(owner_bucket, owner, before_id, wanted * 16, through, days_max)
  group by id, original_id, business_date, participant_id, terminal_id, kind, sector, held_fen, captured_fen, expires_ms,
    detail, open
  order by id desc limit wanted
$$;
