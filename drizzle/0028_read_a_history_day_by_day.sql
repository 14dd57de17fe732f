-- Read a history day by day: several days in one query cost more a day than one after the other.

-- The last entries of an owner before one of them, newest first, no further back than it takes to fill the page
-- (measured: 80 us a day). Ids of an owner go up from day to day.
create or replace function ledger.last_entries_of(owner_bucket smallint, owner bigint, before_id bigint, wanted integer)
  returns setof ledger.entries language plpgsql stable strict as $$
declare
  last_day date := coalesce((select business_date from idempotency.outcomes
    where bucket = owner_bucket and id = before_id), 'infinity');
  day date; got integer;
begin
  for day in select business_date from ledger.business_days where business_date <= last_day order by 1 desc loop
    return query execute format('select * from ledger.entries where business_date = %L and bucket = $1 and owner_id = $2
      and id < $3 order by id desc limit $4', day) using owner_bucket, owner, before_id, wanted;
    get diagnostics got = row_count;
    wanted := wanted - got;
    exit when wanted <= 0;
  end loop;
end $$;
