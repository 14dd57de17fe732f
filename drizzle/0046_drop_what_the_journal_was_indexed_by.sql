-- run outside a transaction
-- Drop what the journal was indexed by before 0044; an entry is written with its outcome, whose id is unique, so that none comes twice.
-- allowed: dropped in the catalogue alone, as soon as its lock is to be had; an index of a partitioned table cannot be dropped concurrently.
drop index if exists ledger.postings_entry;
alter table ledger.entries drop constraint if exists entries_bucket_business_date_owner_id_id_pk;
-- allowed: only instances of versions before 0040 ask by it.
drop function if exists ledger.last_entries_of(smallint, bigint, bigint, integer);
