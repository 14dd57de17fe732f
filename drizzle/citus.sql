-- Optional: the tables over Citus (PostgreSQL 16 or newer, Citus 14). Written by `npm run check:sharding -- --write`
-- from src/platform/schema/sharding/classes.ts; `npm run check:sharding` proves that the tables allow it.
-- On the coordinator, once, after the migrations, while no instance runs:
--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f drizzle/citus.sql
-- The guards of the journal are triggers, which Citus takes on distributed tables only when it is asked to. Debian 12 does
-- not carry Citus: this script has not been run here.

create extension if not exists citus;
set citus.enable_unsafe_triggers = on;
-- 256 buckets; a shard holds some of them. Few and fat: two to four for each core of the workers.
set citus.shard_count = 16;
select citus_set_coordinator_host(coalesce(host(inet_server_addr()), 'localhost'), current_setting('port')::int);

-- Whole copies on every machine; first, since foreign keys may lead to them.
select create_reference_table('cards.products');
select create_reference_table('ledger.archived_days');
select create_reference_table('ledger.business_days');
select create_reference_table('ledger.lanes');
select create_reference_table('medical.institutions');
select create_reference_table('participants.participants');
select create_reference_table('platform.data_set');
select create_reference_table('platform.reference_version');
select create_reference_table('sectors.purse_rules');
select create_reference_table('shops.limits');
select create_reference_table('shops.mcc_rules');
select create_reference_table('subsidies.terms');
select create_reference_table('terminals.terminals');
select create_reference_table('top_up.rules');
select create_reference_table('transit.caps');
select create_reference_table('transit.concession_terms');
select create_reference_table('transit.distance_fares');
select create_reference_table('transit.pass_products');
select create_reference_table('transit.stations');
select create_reference_table('transit.tariffs');

-- One machine takes a key once whatever card it comes with; over machines a unique index must have the bucket.
alter table idempotency.outcomes drop constraint outcomes_id, add constraint outcomes_id primary key (bucket, id);
alter table idempotency.outcomes drop constraint outcomes_business_key_once,
  add constraint outcomes_business_key_once unique (business_key, bucket);
drop index idempotency.outcomes_caller_key_once;
create unique index outcomes_caller_key_once on idempotency.outcomes (caller_key, bucket) where caller_key is not null;

-- Spread by bucket, all the same way: what belongs to one card lies together.
select create_distributed_table('ledger.accounts', 'bucket', colocate_with => 'none');
select create_distributed_table('access.holder_secrets', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('cards.card_accounts', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('cards.cards', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('cards.events', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('idempotency.outcomes', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('ledger.archived_balances', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('ledger.corrections', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('ledger.day_totals', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('ledger.entries', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('ledger.groups', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('ledger.holds', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('ledger.postings', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('load_orders.bindings', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('load_orders.mandates', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('load_orders.orders', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('shops.spending', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('top_up.agents', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('transit.concessions', 'bucket', colocate_with => 'ledger.accounts');
select create_distributed_table('transit.riders', 'bucket', colocate_with => 'ledger.accounts');

-- On the coordinator alone, because no posting touches them: access.proposals, access.sign_in_failures, access.staff, access.tokens, audit.events, bills.day_file_breaks, bills.day_files, bills.payments, bills.utilities, cards.applications, cards.held_products, cards.hot_changes, cards.hot_list_terminals, cards.issue_errors, cards.issue_files, cards.persons, disbursements.batches, disbursements.lines, disbursements.programmes, ledger.day_seals, load_orders.banks, settlement.lamp, settlement.nets, settlement.seals, settlement.watched_totals, terminals.batch_uploads, terminals.batches, terminals.pos_keys, webhooks.attempts, webhooks.endpoints, webhooks.lanes, webhooks.messages, webhooks.secrets.
