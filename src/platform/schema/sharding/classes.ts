/**
 * Where a table lives when one machine is not enough. "bucket": spread over the machines by its bucket, all of them
 * the same way, so that what belongs to one card lies together. "reference": small, seldom written, a whole copy on
 * every machine. "local": on the coordinator alone, because no posting touches it.
 */
export type ShardingClass = 'bucket' | 'reference' | 'local';

/** Every table of ours. A new one has to be put somewhere: `npm run check:sharding` fails until it is. */
export const shardingClasses: Readonly<Record<string, ShardingClass>> = {
  'access.holder_secrets': 'bucket',
  'access.proposals': 'local',
  'access.sign_in_failures': 'local',
  'access.staff': 'local',
  'access.tokens': 'local',
  'audit.events': 'local',
  'bills.day_file_breaks': 'local',
  'bills.day_files': 'local',
  'bills.payments': 'local',
  'bills.utilities': 'local',
  'cards.applications': 'local',
  'cards.card_accounts': 'bucket',
  'cards.cards': 'bucket',
  'cards.events': 'bucket',
  'cards.held_products': 'local',
  'cards.hot_changes': 'local',
  'cards.hot_list_terminals': 'local',
  'cards.issue_errors': 'local',
  'cards.issue_files': 'local',
  'cards.persons': 'local',
  'cards.products': 'reference',
  'disbursements.batches': 'local',
  'disbursements.lines': 'local',
  'disbursements.programmes': 'local',
  'idempotency.outcomes': 'bucket',
  'ledger.accounts': 'bucket',
  'ledger.archived_balances': 'bucket',
  'ledger.archived_days': 'reference',
  'ledger.business_days': 'reference',
  'ledger.corrections': 'bucket',
  'ledger.day_seals': 'local',
  'ledger.day_totals': 'bucket',
  'ledger.entries': 'bucket',
  'ledger.groups': 'bucket',
  'ledger.holds': 'bucket',
  'ledger.lanes': 'reference',
  'ledger.postings': 'bucket',
  'load_orders.banks': 'local',
  'load_orders.bindings': 'bucket',
  'load_orders.mandates': 'bucket',
  'load_orders.orders': 'bucket',
  'medical.institutions': 'reference',
  'participants.participants': 'reference',
  'platform.data_set': 'reference',
  'platform.reference_version': 'reference',
  'sectors.purse_rules': 'reference',
  'settlement.lamp': 'local',
  'settlement.nets': 'local',
  'settlement.seals': 'local',
  'settlement.watched_totals': 'local',
  'shops.limits': 'reference',
  'shops.mcc_rules': 'reference',
  'shops.spending': 'bucket',
  'subsidies.terms': 'reference',
  'terminals.batch_uploads': 'local',
  'terminals.batches': 'local',
  'terminals.pos_keys': 'local',
  'terminals.terminals': 'reference',
  'top_up.agents': 'bucket',
  'top_up.rules': 'reference',
  'transit.caps': 'reference',
  'transit.concession_terms': 'reference',
  'transit.concessions': 'bucket',
  'transit.distance_fares': 'reference',
  'transit.pass_products': 'reference',
  'transit.riders': 'bucket',
  'transit.stations': 'reference',
  'transit.tariffs': 'reference',
  'webhooks.attempts': 'local',
  'webhooks.endpoints': 'local',
  'webhooks.lanes': 'local',
  'webhooks.messages': 'local',
  'webhooks.secrets': 'local',
};

/** Written only with an outcome, which has one: a primary key would be one index more for each payment, or a larger one. */
export const withoutPrimaryKey: readonly string[] = ['ledger.entries', 'ledger.postings'];

/**
 * Unique indexes that stand without the bucket on one machine, where a key is then taken once whatever card it comes
 * with, and how the script makes each anew with it: over machines a unique index must have it.
 */
export const madeWithBucket: Readonly<Record<string, readonly string[]>> = {
  'idempotency.outcomes_id': [
    'alter table idempotency.outcomes drop constraint outcomes_id, add constraint outcomes_id primary key (bucket, id);',
  ],
  'idempotency.outcomes_business_key_once': [
    'alter table idempotency.outcomes drop constraint outcomes_business_key_once,',
    '  add constraint outcomes_business_key_once unique (business_key, bucket);',
  ],
  'idempotency.outcomes_caller_key_once': [
    'drop index idempotency.outcomes_caller_key_once;',
    'create unique index outcomes_caller_key_once on idempotency.outcomes (caller_key, bucket) where caller_key is not null;',
  ],
};

/** The column by which tables are spread, and the table that all the others lie beside. */
export const bucketColumn = 'bucket';
export const firstTable = 'ledger.accounts';
