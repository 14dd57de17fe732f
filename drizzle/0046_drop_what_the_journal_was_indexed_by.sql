-- run outside a transaction
-- when no session before schema 2 is there
-- Drop what journal and register were indexed by before 0043 and 0044. An entry is written with its outcome, whose id is unique, so that
-- none comes twice.
alter table idempotency.outcomes drop constraint outcomes_bucket_id_pk, add constraint outcomes_id primary key using index outcomes_id;
alter table idempotency.outcomes drop constraint outcomes_business_key, add constraint outcomes_business_key_once unique using index outcomes_business_key_once;
drop index concurrently if exists idempotency.outcomes_caller_key;
-- allowed: in the catalogue alone, as soon as its lock is to be had; an index of a partitioned table cannot be dropped concurrently.
drop index if exists ledger.postings_entry;
alter table ledger.entries drop constraint if exists entries_bucket_business_date_owner_id_id_pk;
-- allowed: builds only where an older base became the first partition, of years and not of a day, which takes no more rows.
do $$ begin
  if to_regclass('ledger.entries_before') is not null then
    create index if not exists entries_before_day on ledger.entries_before (owner_id, business_date);
  end if;
end $$;
-- allowed: nobody asks by it since 0040.
drop function if exists ledger.last_entries_of(smallint, bigint, bigint, integer);
