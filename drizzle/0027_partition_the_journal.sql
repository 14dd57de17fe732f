-- run outside a transaction
-- Partition the journal: one partition a business day, so that the indexes of the open day stay small, a closed day can
-- be packed once, and one that is years old can leave. What there was is the first partition; each swap is one
-- statement that only changes the catalogue.

-- allowed: the swap changes only the catalogue, in one statement; what is validated before is not looked at again.
do $$
declare bound date;
begin
  select (regexp_match(pg_get_constraintdef(oid), '''([0-9-]+)'''))[1]::date into bound
    from pg_constraint where conname = 'entries_before_bound';
  alter table ledger.entries rename to entries_before;
  alter table ledger.entries_before drop constraint entries_bucket_owner_id_id_pk;
  create table ledger.entries (
    owner_id bigint not null,
    id bigint not null,
    original_id bigint,
    business_date date not null,
    participant_id integer not null,
    terminal_id integer not null,
    bucket smallint not null,
    kind smallint not null,
    sector smallint not null,
    constraint entries_bucket_business_date_owner_id_id_pk primary key (bucket, business_date, owner_id, id)
  ) partition by range (business_date);
  create index entries_participant on ledger.entries (participant_id);
  if exists (select from ledger.entries_before) then
    alter table ledger.entries_before add constraint entries_before_pk primary key using index entries_before_pk;
    execute format('alter table ledger.entries attach partition ledger.entries_before for values from (minvalue) to (%L)', bound);
    alter table ledger.entries_before drop constraint entries_before_bound;
    revoke all on ledger.entries_before from one_card_app;
  else
    drop table ledger.entries_before;
  end if;
  grant select, insert on ledger.entries to one_card_app;
  create trigger entries_open_day after insert on ledger.entries
    referencing new table as new_rows for each statement execute function ledger.refuse_other_day();
  create trigger entries_append_only before update or delete or truncate on ledger.entries
    for each statement execute function ledger.refuse_change();
end $$;

-- allowed: the swap changes only the catalogue, in one statement; what is validated before is not looked at again.
do $$
declare bound date;
begin
  select (regexp_match(pg_get_constraintdef(oid), '''([0-9-]+)'''))[1]::date into bound
    from pg_constraint where conname = 'postings_before_bound';
  alter table ledger.postings rename to postings_before;
  alter table ledger.postings_before drop constraint postings_bucket_entry_id_account_id_pk;
  create table ledger.postings (
    entry_id bigint not null,
    account_id bigint not null,
    amount_fen bigint not null,
    balance_fen bigint,
    business_date date not null,
    bucket smallint not null,
    constraint postings_amount check (amount_fen <> 0)
  ) partition by range (business_date);
  create index postings_entry on ledger.postings (entry_id);
  if exists (select from ledger.postings_before) then
    execute format('alter table ledger.postings attach partition ledger.postings_before for values from (minvalue) to (%L)', bound);
    alter table ledger.postings_before drop constraint postings_before_bound;
    revoke all on ledger.postings_before from one_card_app;
  else
    drop table ledger.postings_before;
  end if;
  grant select, insert on ledger.postings to one_card_app;
  create trigger postings_check after insert on ledger.postings
    referencing new table as new_rows for each statement execute function ledger.check_postings();
  create trigger postings_append_only before update or delete or truncate on ledger.postings
    for each statement execute function ledger.refuse_change();
end $$;

-- Makes the partitions of a day, unless they are there or the first partition reaches so far. They are attached,
-- which locks out nobody who reads or posts. No default partition: each new day would lock and search it, and rows
-- could lie there that nobody misses. That none is missing is the business of the trigger below: only the open day
-- takes postings, and no day is opened without its partitions.
create function ledger.add_day_partitions(day date) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  ending text := to_char(day, '"_"YYYYMMDD');
  covered boolean;
begin
  if to_regclass('ledger.entries' || ending) is not null and to_regclass('ledger.postings' || ending) is not null then
    return false;
  end if;
  -- Two instances may come to it at once.
  perform pg_advisory_xact_lock(4600000002);
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
revoke execute on function ledger.add_day_partitions(date) from public;

create function ledger.open_day_has_partitions() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform ledger.add_day_partitions(new.business_date);
  return new;
end $$;
create trigger business_days_have_partitions before insert on ledger.business_days
  for each row execute function ledger.open_day_has_partitions();

-- For the service, which may not make tables: the days to come, so that a cut-off finds its partitions ready. After
-- days without a cut-off the next one is today's.
create function ledger.add_partitions_ahead(days integer) returns integer
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  open_day date := (select business_date from ledger.business_days where closed_at is null);
  made integer := 0;
begin
  if days not between 0 and 31 then
    raise exception 'partitions are made for at most 31 days ahead' using errcode = 'invalid_parameter_value';
  end if;
  for n in 1..days loop
    if ledger.add_day_partitions(greatest(open_day, (now() at time zone 'Asia/Shanghai')::date - 1) + n) then
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;
revoke execute on function ledger.add_partitions_ahead(integer) from public;
grant execute on function ledger.add_partitions_ahead(integer) to one_card_app;

-- An entry sums to zero, names an account once, and belongs to the open day. One look per statement over its new rows.
create or replace function ledger.check_postings() returns trigger language plpgsql as $$
declare wrong bigint;
begin
  select entry_id into wrong from (
      select bucket, entry_id, account_id, sum(amount_fen) as amount_fen, count(*) as times,
        bool_or(business_date is distinct from
          (select business_date from ledger.business_days where closed_at is null)) as elsewhere
      from new_rows group by bucket, entry_id, account_id) p
    group by bucket, entry_id having sum(amount_fen) <> 0 or max(times) > 1 or bool_or(elsewhere) limit 1;
  if found then
    raise exception 'entry % does not sum to zero on the open business day', wrong using errcode = 'check_violation';
  end if;
  return null;
end $$;

-- The legs of entries, in their order, each as "account:amount:balance:returned,…". A query over all partitions
-- would open every one of them each time, however few it then reads; so each day that is asked for is asked by itself.
create function ledger.legs_of(days date[], buckets smallint[], ids bigint[]) returns text[]
  language plpgsql stable strict as $$
declare
  all_legs text[] := array_fill(null::text, array[cardinality(ids)]);
  day date; place bigint; legs text;
begin
  for day in select distinct d from unnest(days) d loop
    for place, legs in execute format('
      select k.place, l.legs from unnest($1, $2, $3) with ordinality k(day, bucket, id, place)
      cross join lateral (
        select string_agg(p.account_id || '':'' || p.amount_fen || '':'' || coalesce(p.balance_fen::text, '''') || '':''
          || coalesce(c.returned_fen, 0), '','' order by p.account_id) as legs
        from (select * from ledger.postings
          where business_date = %1$L and entry_id = k.id and bucket = k.bucket offset 0) p
        left join lateral (select returned_fen from ledger.corrections
          where bucket = k.bucket and entry_id = k.id and account_id = p.account_id) c on true) l
      where k.day = %1$L', day) using days, buckets, ids
    loop
      all_legs[place] := legs;
    end loop;
  end loop;
  return all_legs;
end $$;

-- Entries by their owners and ids. The register of outcomes knows the day of each.
create function ledger.entries_of(buckets smallint[], owners bigint[], ids bigint[]) returns setof ledger.entries
  language plpgsql stable strict as $$
declare day date;
begin
  for day in
    select distinct o.business_date from unnest(buckets, ids) k(bucket, id)
    cross join lateral (select business_date from idempotency.outcomes
      where bucket = k.bucket and id = k.id and refusal is null offset 0) o
  loop
    return query execute format('
      select e.* from unnest($1, $2, $3) k(bucket, owner_id, id)
      cross join lateral (select * from ledger.entries
        where business_date = %L and bucket = k.bucket and owner_id = k.owner_id and id = k.id offset 0) e', day)
      using buckets, owners, ids;
  end loop;
end $$;

-- The last entries of an owner before one of them, newest first: a few days at a time backwards, and no further
-- than it takes to fill the page. Ids of an owner go up from day to day.
create function ledger.last_entries_of(owner_bucket smallint, owner bigint, before_id bigint, wanted integer)
  returns setof ledger.entries language plpgsql stable strict as $$
declare
  last_day date := coalesce((select business_date from idempotency.outcomes
    where bucket = owner_bucket and id = before_id), 'infinity');
  first_day date; days text; span integer := 4; got integer;
begin
  loop
    select min(d.business_date), string_agg(format('(select * from ledger.entries where business_date = %L
        and bucket = $1 and owner_id = $2 and id < $3 order by id desc limit $4)', d.business_date),
        ' union all ' order by d.business_date desc)
      into first_day, days
      from (select business_date from ledger.business_days where business_date <= last_day
        order by business_date desc limit span) d;
    exit when days is null;
    return query execute 'select * from (' || days || ') d order by id desc limit $4' using owner_bucket, owner, before_id, wanted;
    get diagnostics got = row_count;
    wanted := wanted - got;
    exit when wanted <= 0;
    last_day := first_day - 1;
    span := least(span * 4, 256);
  end loop;
end $$;

-- A hold goes forward, as before; what followed it is looked for from its own day on.
create or replace function ledger.refuse_reopen_hold() returns trigger language plpgsql as $$
declare taken bigint; reversals bigint; capture_reversed boolean; end_reversed boolean; day date;
begin
  if new is not distinct from old then
    return new;
  end if;
  if new.amount_fen <> old.amount_fen or new.freed_fen < old.freed_fen
    or (old.state <> 1 and new.expires_at <> old.expires_at)
    or (old.state = 4 and (new.state <> 4 or new.freed_fen <> old.freed_fen)) then
    raise exception 'hold % is finished', old.entry_id using errcode = 'check_violation';
  end if;
  if old.state = 1 and new.captured_fen >= old.captured_fen and new.freed_fen = old.freed_fen then
    return new;
  end if;
  select business_date into day from idempotency.outcomes where bucket = old.bucket and id = old.entry_id;
  with followers as (
      select id, business_date, kind, id as moved_by, business_date as moved_on from ledger.entries
      where business_date >= day and bucket = old.bucket and owner_id = old.owner_id and id > old.entry_id
        and original_id = old.entry_id),
    undone as (
      select f.id, f.business_date, f.kind, r.id as moved_by, r.business_date as moved_on from followers f
      join ledger.entries r on r.business_date >= day and r.bucket = old.bucket and r.owner_id = old.owner_id
        and r.original_id = f.id
      where r.kind = 7 and f.kind in (4, 5))
  select
      coalesce((select -sum(p.amount_fen)
        from (select * from followers where kind = 4 union all select * from undone where kind = 4) m
        join ledger.postings p on p.business_date = m.moved_on and p.bucket = old.bucket and p.entry_id = m.moved_by
          and p.account_id = old.account_id
        where p.business_date >= day), 0),
      (select count(*) from undone),
      exists (select from undone where kind = 4),
      exists (select from undone where id = old.ended_by)
    into taken, reversals, capture_reversed, end_reversed;
  if reversals = 0 or new.captured_fen <> taken
    or (old.ended_by is not null and new.ended_by is distinct from old.ended_by and not end_reversed)
    or (old.state in (2, 3) and new.state <> old.state and not end_reversed
      and not (old.ended_by is null and capture_reversed)) then
    raise exception 'hold % is finished', old.entry_id using errcode = 'check_violation';
  end if;
  return new;
end $$;

-- A correction grows, as before; what gave back is looked for from the day of the original on.
create or replace function ledger.refuse_unreturn() returns trigger language plpgsql as $$
declare owner bigint; back bigint; day date;
begin
  if new.original_fen = old.original_fen and new.returned_fen >= old.returned_fen then
    return new;
  end if;
  select business_date into day from idempotency.outcomes where bucket = old.bucket and id = old.entry_id;
  select account_id >> 4 into owner from ledger.postings
    where business_date = day and bucket = old.bucket and entry_id = old.entry_id and account_id >= 16000000 limit 1;
  with given_back as (
      select id, kind, id as moved_by, business_date as moved_on from ledger.entries
      where business_date >= day and bucket = old.bucket and owner_id = owner and id > old.entry_id
        and original_id = old.entry_id and kind in (5, 6, 7, 8)),
    undone as (
      select f.id, f.kind, r.id as moved_by, r.business_date as moved_on from given_back f
      join ledger.entries r on r.business_date >= day and r.bucket = old.bucket and r.owner_id = owner
        and r.original_id = f.id
      where r.kind = 7 and f.kind = 5)
  select abs(coalesce(sum(p.amount_fen), 0)) into back
    from (select * from given_back union all select * from undone) m
    join ledger.postings p on p.business_date = m.moved_on and p.bucket = old.bucket and p.entry_id = m.moved_by
      and p.account_id = old.account_id
    where p.business_date >= day;
  if owner is null or new.original_fen <> old.original_fen or new.returned_fen <> back
    or not exists (
      select from ledger.entries v join ledger.entries r
        on r.business_date >= v.business_date and r.bucket = v.bucket and r.owner_id = v.owner_id
        and r.original_id = v.id and r.kind = 7
      where v.business_date >= day and v.bucket = old.bucket and v.owner_id = owner and v.original_id = old.entry_id
        and v.kind = 5 and r.business_date >= day) then
    raise exception 'a correction of entry % may only grow', old.entry_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
