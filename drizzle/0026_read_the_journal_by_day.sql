-- run outside a transaction
-- Read the journal by day: the keys that a partition by business day needs, built beside the traffic, and a bound that
-- no row of the books so far lies beyond. What there is becomes the first partition as it stands; no row is moved.

create unique index concurrently if not exists entries_before_pk on ledger.entries (bucket, business_date, owner_id, id);
create index concurrently if not exists entries_before_participant on ledger.entries (participant_id);
create index concurrently if not exists postings_before_entry on ledger.postings (entry_id);

-- Some days ahead of the open one, so that a cut-off while this runs is not refused.
-- allowed: the bound is computed; the check is added not valid, and validated below.
do $$
declare bound date;
begin
  select greatest(max(business_date), current_date) + 3 into bound from ledger.business_days;
  execute format('alter table ledger.entries add constraint entries_before_bound check (business_date < %L) not valid', bound);
end $$;
-- allowed: as above, with the bound of the entries.
do $$
declare bound date;
begin
  select (regexp_match(pg_get_constraintdef(oid), '''([0-9-]+)'''))[1]::date into bound
    from pg_constraint where conname = 'entries_before_bound';
  execute format('alter table ledger.postings add constraint postings_before_bound check (business_date < %L) not valid', bound);
end $$;
alter table ledger.entries validate constraint entries_before_bound;
alter table ledger.postings validate constraint postings_before_bound;
