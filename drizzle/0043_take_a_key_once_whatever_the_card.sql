-- run outside a transaction
-- Take a key once, whatever card it comes with: the register's keys stand by themselves, without the bucket, so that a key that comes
-- with two cards at the very same moment is one transaction too. Each of the three indexes is also eight bytes a row smaller; those with the
-- bucket are dropped by 0046. Who spreads the tables over machines makes them anew with it (drizzle/citus.sql), as Citus asks.
-- Built beside the traffic. A base in which a key was taken twice before (verify names it) stops here: see operations/README.md.
create unique index concurrently if not exists outcomes_id on idempotency.outcomes (id);
create unique index concurrently if not exists outcomes_business_key_once on idempotency.outcomes (business_key);
create unique index concurrently if not exists outcomes_caller_key_once on idempotency.outcomes (caller_key) where caller_key is not null;
