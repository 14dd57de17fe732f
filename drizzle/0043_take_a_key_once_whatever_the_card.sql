-- run outside a transaction
-- Take a key once, whatever card it comes with: the register's keys stand by themselves, without the bucket, so that a key that comes
-- with two cards at the very same moment is one transaction too. Each of the three indexes is also eight bytes a row smaller. Who
-- spreads the tables over machines makes them anew with the bucket (drizzle/citus.sql), as Citus asks.
-- Built beside the traffic. A base in which a key was taken twice before (verify names it) stops here, and nothing is changed.
create unique index concurrently if not exists outcomes_id on idempotency.outcomes (id);
create unique index concurrently if not exists outcomes_business_key_once on idempotency.outcomes (business_key);
create unique index concurrently if not exists outcomes_caller_key_once on idempotency.outcomes (caller_key) where caller_key is not null;
alter table idempotency.outcomes drop constraint outcomes_bucket_id_pk, add constraint outcomes_id primary key using index outcomes_id;
alter table idempotency.outcomes drop constraint outcomes_business_key, add constraint outcomes_business_key_once unique using index outcomes_business_key_once;
drop index concurrently if exists idempotency.outcomes_caller_key;
