-- The schema the migrations add up to. Written by `npm run schema:dump`; do not edit.

-- schemas

create schema access;

create schema audit;

create schema bills;

create schema cards;

create schema idempotency;

create schema ledger;

create schema participants;

create schema platform;

create schema sectors;

create schema settlement;

create schema shops;

create schema terminals;

create schema top_up;

create schema transit;

-- sequences

create sequence bills.payments_sequence_seq as bigint start 1 increment 1 cache 1;

-- tables

create table access.tokens (
  digest bytea not null,
  role text not null,
  subject_id bigint not null,
  expires_at timestamp with time zone not null
);

create table audit.events (
  sequence bigint not null,
  at timestamp with time zone not null,
  actor_id bigint not null,
  actor_kind text not null,
  act text not null,
  subject text not null,
  reason text not null,
  hash bytea not null
);

create table bills.day_file_breaks (
  utility_id integer not null,
  business_date date not null,
  reference text not null,
  kind text not null,
  amount_fen bigint not null
);

create table bills.day_files (
  utility_id integer not null,
  business_date date not null,
  content text not null,
  digest bytea not null,
  line_count integer not null,
  amount_fen bigint not null,
  ledger_fen bigint not null,
  made_at timestamp with time zone not null default clock_timestamp(),
  sent_at timestamp with time zone,
  next_send_at timestamp with time zone not null default clock_timestamp()
);

create table bills.payments (
  id uuid not null,
  sequence bigint not null generated always as identity,
  amount_fen bigint not null,
  card_account_id bigint not null,
  card_id bigint not null,
  utility_id integer not null,
  customer_number text not null,
  bill_number text not null,
  period text,
  purse text,
  terminal_id integer not null,
  batch_number integer not null,
  trace_number integer not null,
  local_time timestamp(0) without time zone not null,
  caller_key uuid not null,
  state text not null default 'reserved'::text,
  cancellation text not null default 'none'::text,
  reason text,
  refusal text,
  entry_id bigint,
  paid_on date,
  return_entry_id bigint,
  returned_on date,
  return_tries smallint not null default 0,
  created_at timestamp with time zone not null default clock_timestamp(),
  leased_until timestamp with time zone not null,
  next_drive_at timestamp with time zone not null,
  drives integer not null default 1
);

create table bills.utilities (
  participant_id integer not null,
  terminal_id integer not null,
  base_url text not null,
  key_sealed bytea not null,
  query_timeout_ms integer not null,
  write_off_timeout_ms integer not null,
  active boolean not null default true,
  since timestamp with time zone not null default clock_timestamp()
);

create table cards.card_accounts (
  id bigint not null,
  person_id bigint not null,
  bucket smallint not null
);

create table cards.cards (
  id bigint not null,
  card_account_id bigint not null,
  expires_on date not null,
  bucket smallint not null,
  number_digest bytea not null,
  number_tail text not null,
  product text not null,
  status text not null
);

create table cards.persons (
  id bigint not null,
  created_at timestamp with time zone not null default now()
);

create table idempotency.outcomes (
  id bigint not null,
  card_id bigint not null,
  amount_fen bigint,
  original_id bigint,
  local_time timestamp without time zone not null,
  business_date date not null,
  bucket smallint not null,
  kind smallint not null,
  sector smallint not null,
  business_key uuid not null,
  caller_key uuid,
  refusal text,
  detail text
);

create table ledger.accounts (
  id bigint not null,
  owner_id bigint not null,
  balance_fen bigint,
  held_fen bigint not null default 0,
  floor_fen bigint,
  last_entry_id bigint not null default 0,
  bucket smallint not null,
  code smallint not null
) with (fillfactor=70);

create table ledger.business_days (
  business_date date not null,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone
);

create table ledger.corrections (
  entry_id bigint not null,
  account_id bigint not null,
  original_fen bigint not null,
  returned_fen bigint not null,
  bucket smallint not null
);

create table ledger.day_seals (
  business_date date not null,
  lane smallint not null,
  sequence bigint not null,
  hash bytea not null
);

create table ledger.day_totals (
  account_id bigint not null,
  debit_fen bigint not null,
  credit_fen bigint not null,
  debit_count integer not null,
  credit_count integer not null,
  business_date date not null,
  bucket smallint not null,
  lane smallint not null
) with (fillfactor=50);

create table ledger.entries (
  owner_id bigint not null,
  id bigint not null,
  original_id bigint,
  business_date date not null,
  participant_id integer not null,
  terminal_id integer not null,
  bucket smallint not null,
  kind smallint not null,
  sector smallint not null
);

create table ledger.groups (
  sequence bigint not null,
  first_id bigint not null,
  outcome_count integer not null,
  business_date date not null,
  bucket smallint not null,
  lane smallint not null,
  hash bytea not null
);

create table ledger.holds (
  entry_id bigint not null,
  account_id bigint not null,
  owner_id bigint not null,
  amount_fen bigint not null,
  captured_fen bigint not null default 0,
  expires_at timestamp with time zone not null,
  bucket smallint not null,
  state smallint not null
);

create table ledger.lanes (
  lane smallint not null,
  bucket smallint not null
);

create table ledger.postings (
  entry_id bigint not null,
  account_id bigint not null,
  amount_fen bigint not null,
  balance_fen bigint,
  business_date date not null,
  bucket smallint not null
);

create table participants.participants (
  id integer not null,
  name text not null,
  name_en text not null,
  sector text not null,
  active boolean not null default true,
  mcc text not null default '0000'::text
);

create table platform.data_set (
  id uuid not null default gen_random_uuid(),
  key_check_value text
);

create table platform.reference_version (
  version bigint not null
);

create table sectors.purse_rules (
  sector text not null,
  mcc text not null,
  effective_from date not null,
  purses text[] not null,
  split boolean not null
);

create table settlement.nets (
  business_date date not null,
  participant_id integer not null,
  credit_fen bigint not null,
  debit_fen bigint not null,
  credit_count integer not null,
  debit_count integer not null
);

create table settlement.seals (
  business_date date not null,
  sealed_at timestamp with time zone not null default now(),
  hash bytea not null
);

create table shops.limits (
  product text not null,
  effective_from date not null,
  per_payment_fen bigint not null,
  per_day_fen bigint not null
);

create table shops.spending (
  card_account_id bigint not null,
  spent_fen bigint not null,
  day date not null,
  bucket smallint not null
) with (fillfactor=70);

create table terminals.terminals (
  id integer not null,
  participant_id integer not null,
  sector text not null,
  allowed_kinds text[] not null,
  batch_number integer not null default 1,
  active boolean not null default true,
  key_sealed bytea not null
);

create table top_up.rules (
  participant_id integer not null,
  purse text not null,
  effective_from date not null,
  per_load_fen bigint not null,
  balance_max_fen bigint not null
);

create table transit.taps (
  card_account_id bigint not null,
  tapped_at_ms bigint not null,
  entry_id bigint not null,
  bucket smallint not null
) with (fillfactor=70);

create table transit.tariffs (
  participant_id integer not null,
  line text not null,
  effective_from date not null,
  fare_fen bigint not null,
  transfer_rate text not null,
  transfer_window_minutes integer not null
);

-- constraints

alter table access.tokens add constraint tokens_role CHECK ((role = ANY (ARRAY['holder'::text, 'participant'::text, 'administrator'::text, 'operator'::text, 'finance'::text, 'auditor'::text])));

alter table access.tokens add constraint tokens_pkey PRIMARY KEY (digest);

alter table audit.events add constraint events_actor CHECK ((actor_kind = ANY (ARRAY['holder'::text, 'staff'::text, 'participant'::text, 'terminal'::text, 'system'::text])));

alter table audit.events add constraint events_reason CHECK ((length(reason) <= 200));

alter table audit.events add constraint events_pkey PRIMARY KEY (sequence);

alter table bills.day_file_breaks add constraint day_file_breaks_utility_id_business_date_day_files_utility_id_b FOREIGN KEY (utility_id, business_date) REFERENCES bills.day_files(utility_id, business_date);

alter table bills.day_file_breaks add constraint day_file_breaks_utility_id_business_date_reference_pk PRIMARY KEY (utility_id, business_date, reference);

alter table bills.day_files add constraint day_files_digest CHECK ((digest = sha256(convert_to(content, 'UTF8'::name))));

alter table bills.day_files add constraint day_files_utility_id_utilities_participant_id_fk FOREIGN KEY (utility_id) REFERENCES bills.utilities(participant_id);

alter table bills.day_files add constraint day_files_utility_id_business_date_pk PRIMARY KEY (utility_id, business_date);

alter table bills.payments add constraint payments_amount CHECK ((amount_fen > 0));

alter table bills.payments add constraint payments_asked CHECK (((entry_id IS NULL) OR (period IS NOT NULL)));

alter table bills.payments add constraint payments_cancellation CHECK ((cancellation = ANY (ARRAY['none'::text, 'due'::text, 'confirmed'::text, 'refused'::text])));

alter table bills.payments add constraint payments_cancelled CHECK (((cancellation = 'none'::text) OR (state = ANY (ARRAY['returning'::text, 'returned'::text]))));

alter table bills.payments add constraint payments_declined CHECK (((state = 'declined'::text) = (refusal IS NOT NULL)));

alter table bills.payments add constraint payments_given_back CHECK ((((state = 'returned'::text) = (return_entry_id IS NOT NULL)) AND ((return_entry_id IS NULL) = (returned_on IS NULL)) AND ((state = ANY (ARRAY['returning'::text, 'returned'::text])) = (reason IS NOT NULL))));

alter table bills.payments add constraint payments_reason CHECK ((reason = ANY (ARRAY['utility-refused'::text, 'utility-silent'::text, 'caller-gone'::text])));

alter table bills.payments add constraint payments_state CHECK ((state = ANY (ARRAY['reserved'::text, 'abandoning'::text, 'paid'::text, 'written-off'::text, 'returning'::text, 'returned'::text, 'declined'::text, 'abandoned'::text])));

alter table bills.payments add constraint payments_taken CHECK ((((state = ANY (ARRAY['paid'::text, 'written-off'::text, 'returning'::text, 'returned'::text])) = (entry_id IS NOT NULL)) AND ((entry_id IS NULL) = (paid_on IS NULL))));

alter table bills.payments add constraint payments_utility_id_utilities_participant_id_fk FOREIGN KEY (utility_id) REFERENCES bills.utilities(participant_id);

alter table bills.payments add constraint payments_pkey PRIMARY KEY (id);

alter table bills.payments add constraint payments_caller_key_unique UNIQUE (caller_key);

alter table bills.payments add constraint payments_sequence_unique UNIQUE (sequence);

alter table bills.utilities add constraint utilities_base_url CHECK ((base_url ~ '^https?://[^/?#@]+(/[A-Za-z0-9._-]+)*$'::text));

alter table bills.utilities add constraint utilities_query_timeout CHECK (((query_timeout_ms >= 50) AND (query_timeout_ms <= 5000)));

alter table bills.utilities add constraint utilities_write_off_timeout CHECK (((write_off_timeout_ms >= 50) AND (write_off_timeout_ms <= 10000)));

alter table bills.utilities add constraint utilities_pkey PRIMARY KEY (participant_id);

alter table bills.utilities add constraint utilities_terminal_id_unique UNIQUE (terminal_id);

alter table cards.card_accounts add constraint card_accounts_bucket CHECK (((bucket >= 0) AND (bucket <= 255)));

alter table cards.card_accounts add constraint card_accounts_bucket_id_pk PRIMARY KEY (bucket, id);

alter table cards.cards add constraint cards_status CHECK ((status = ANY (ARRAY['active'::text, 'not-active'::text, 'lost'::text, 'locked'::text, 'closed'::text])));

alter table cards.cards add constraint cards_tail CHECK ((length(number_tail) = 4));

alter table cards.cards add constraint cards_bucket_id_pk PRIMARY KEY (bucket, id);

alter table cards.cards add constraint cards_number_digest UNIQUE (number_digest, bucket);

alter table cards.persons add constraint persons_pkey PRIMARY KEY (id);

alter table idempotency.outcomes add constraint outcomes_bucket_id_pk PRIMARY KEY (bucket, id);

alter table idempotency.outcomes add constraint outcomes_business_key UNIQUE (business_key, bucket);

alter table idempotency.outcomes add constraint outcomes_caller_key UNIQUE (caller_key, bucket);

alter table ledger.accounts add constraint accounts_code CHECK (((id = ((owner_id * 16) + code)) AND ((code >= 0) AND (code <= 15))));

alter table ledger.accounts add constraint accounts_floor CHECK (((floor_fen IS NULL) OR ((balance_fen - held_fen) >= floor_fen)));

alter table ledger.accounts add constraint accounts_held CHECK ((held_fen >= 0));

alter table ledger.accounts add constraint accounts_bucket_id_pk PRIMARY KEY (bucket, id);

alter table ledger.business_days add constraint business_days_order CHECK (((closed_at IS NULL) OR (closed_at >= opened_at)));

alter table ledger.business_days add constraint business_days_pkey PRIMARY KEY (business_date);

alter table ledger.corrections add constraint corrections_within_original CHECK (((returned_fen >= 0) AND (returned_fen <= original_fen)));

alter table ledger.corrections add constraint corrections_bucket_entry_id_account_id_pk PRIMARY KEY (bucket, entry_id, account_id);

alter table ledger.day_seals add constraint day_seals_business_date_business_days_business_date_fk FOREIGN KEY (business_date) REFERENCES ledger.business_days(business_date);

alter table ledger.day_seals add constraint day_seals_business_date_lane_pk PRIMARY KEY (business_date, lane);

alter table ledger.day_totals add constraint day_totals_signs CHECK (((debit_fen >= 0) AND (credit_fen >= 0)));

alter table ledger.day_totals add constraint day_totals_bucket_business_date_account_id_lane_pk PRIMARY KEY (bucket, business_date, account_id, lane);

alter table ledger.entries add constraint entries_bucket_owner_id_id_pk PRIMARY KEY (bucket, owner_id, id);

alter table ledger.groups add constraint groups_bucket_lane_sequence_pk PRIMARY KEY (bucket, lane, sequence);

alter table ledger.holds add constraint holds_amount CHECK ((amount_fen > 0));

alter table ledger.holds add constraint holds_captured CHECK (((captured_fen >= 0) AND (captured_fen <= amount_fen)));

alter table ledger.holds add constraint holds_state CHECK (((state >= 1) AND (state <= 4)));

alter table ledger.holds add constraint holds_bucket_entry_id_account_id_pk PRIMARY KEY (bucket, entry_id, account_id);

alter table ledger.lanes add constraint lanes_pkey PRIMARY KEY (lane);

alter table ledger.postings add constraint postings_amount CHECK ((amount_fen <> 0));

alter table ledger.postings add constraint postings_bucket_entry_id_account_id_pk PRIMARY KEY (bucket, entry_id, account_id);

alter table participants.participants add constraint participants_id CHECK (((id >= 1) AND (id <= 999999)));

alter table participants.participants add constraint participants_mcc CHECK ((mcc ~ '^[0-9]{4}$'::text));

alter table participants.participants add constraint participants_pkey PRIMARY KEY (id);

alter table platform.data_set add constraint data_set_pkey PRIMARY KEY (id);

alter table platform.reference_version add constraint reference_version_pkey PRIMARY KEY (version);

alter table sectors.purse_rules add constraint purse_rules_mcc CHECK ((mcc ~ '^([0-9]{4}|[*])$'::text));

alter table sectors.purse_rules add constraint purse_rules_purses CHECK (((cardinality(purses) > 0) AND (purses <@ ARRAY['e-purse'::text, 'online'::text, 'medical'::text, 'subsidy'::text, 'farm-subsidy'::text, 'elder-care'::text])));

alter table sectors.purse_rules add constraint purse_rules_sector_mcc_effective_from_pk PRIMARY KEY (sector, mcc, effective_from);

alter table settlement.nets add constraint nets_business_date_participant_id_pk PRIMARY KEY (business_date, participant_id);

alter table settlement.seals add constraint seals_pkey PRIMARY KEY (business_date);

alter table shops.limits add constraint limits_order CHECK (((0 < per_payment_fen) AND (per_payment_fen <= per_day_fen)));

alter table shops.limits add constraint limits_product_effective_from_pk PRIMARY KEY (product, effective_from);

alter table shops.spending add constraint spending_sign CHECK ((spent_fen >= 0));

alter table shops.spending add constraint spending_bucket_card_account_id_pk PRIMARY KEY (bucket, card_account_id);

alter table terminals.terminals add constraint terminals_batch CHECK (((batch_number >= 1) AND (batch_number <= 999999)));

alter table terminals.terminals add constraint terminals_id CHECK (((id >= 1) AND (id <= 99999999)));

alter table terminals.terminals add constraint terminals_pkey PRIMARY KEY (id);

alter table top_up.rules add constraint rules_order CHECK (((0 < per_load_fen) AND (per_load_fen <= balance_max_fen)));

alter table top_up.rules add constraint rules_participant_id_purse_effective_from_pk PRIMARY KEY (participant_id, purse, effective_from);

alter table transit.taps add constraint taps_bucket_card_account_id_pk PRIMARY KEY (bucket, card_account_id);

alter table transit.tariffs add constraint tariffs_fare CHECK (((fare_fen > 0) AND (transfer_window_minutes >= 0)));

alter table transit.tariffs add constraint tariffs_rate CHECK ((transfer_rate ~ '^(0|1)(\.[0-9]{1,6})?$'::text));

alter table transit.tariffs add constraint tariffs_participant_id_line_effective_from_pk PRIMARY KEY (participant_id, line, effective_from);

-- indexes

CREATE INDEX events_subject ON audit.events USING btree (subject, sequence);

CREATE UNIQUE INDEX payments_bill_once ON bills.payments USING btree (utility_id, bill_number) WHERE (state <> ALL (ARRAY['declined'::text, 'abandoned'::text, 'returned'::text]));

CREATE INDEX payments_due ON bills.payments USING btree (next_drive_at) WHERE ((state = ANY (ARRAY['reserved'::text, 'abandoning'::text, 'paid'::text, 'returning'::text])) OR (cancellation = 'due'::text));

CREATE INDEX payments_holder ON bills.payments USING btree (card_account_id, sequence);

CREATE INDEX payments_paid_on ON bills.payments USING btree (utility_id, paid_on);

CREATE INDEX payments_returned_on ON bills.payments USING btree (utility_id, returned_on) WHERE (returned_on IS NOT NULL);

CREATE UNIQUE INDEX payments_trace ON bills.payments USING btree (terminal_id, batch_number, trace_number, ((local_time)::date));

CREATE UNIQUE INDEX business_days_one_open ON ledger.business_days USING btree ((true)) WHERE (closed_at IS NULL);

CREATE INDEX holds_due ON ledger.holds USING btree (expires_at) WHERE (state = 1);

CREATE INDEX holds_open ON ledger.holds USING btree (bucket, account_id) WHERE (state = 1);

-- functions

CREATE OR REPLACE FUNCTION audit.chain_event()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
declare
  before audit.events;
begin
  perform pg_advisory_xact_lock(4600000002);
  select * into before from audit.events order by sequence desc limit 1;
  new.sequence := coalesce(before.sequence, 0) + 1;
  new.at := clock_timestamp();
  new.hash := audit.event_hash(before.hash, new);
  return new;
end $function$;

CREATE OR REPLACE FUNCTION audit.event_hash(before bytea, e audit.events)
 RETURNS bytea
 LANGUAGE sql
 STABLE
 SET "TimeZone" TO 'UTC'
AS $function$
  select sha256(coalesce(before, decode(repeat('00', 32), 'hex')) || convert_to(concat_ws(E'\x1f', e.sequence,
    to_char(e.at, 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor_kind, e.actor_id, e.act, e.subject, e.reason), 'UTF8'))
$function$;

CREATE OR REPLACE FUNCTION bills.check_move()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.state <> old.state and (old.state, new.state) not in (('reserved', 'paid'), ('reserved', 'declined'),
      ('reserved', 'abandoning'), ('reserved', 'abandoned'), ('abandoning', 'declined'), ('abandoning', 'abandoned'),
      ('abandoning', 'returned'), ('paid', 'written-off'), ('paid', 'returning'), ('returning', 'returned')) then
    raise exception 'bill payment % cannot go from % to %', old.id, old.state, new.state
      using errcode = 'check_violation';
  end if;
  if new.cancellation <> old.cancellation and (old.cancellation, new.cancellation) not in (('none', 'due'),
      ('due', 'confirmed'), ('due', 'refused')) then
    raise exception 'the cancellation of bill payment % cannot go from % to %', old.id, old.cancellation,
      new.cancellation using errcode = 'check_violation';
  end if;
  if old.entry_id is not null and new.entry_id is distinct from old.entry_id
      or old.return_entry_id is not null and new.return_entry_id is distinct from old.return_entry_id then
    raise exception 'bill payment % has its entries already', old.id using errcode = 'check_violation';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION ledger.check_postings()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare wrong bigint;
begin
  select entry_id into wrong from new_rows group by bucket, entry_id
    having sum(amount_fen) <> 0 or bool_or(business_date is distinct from
      (select business_date from ledger.business_days where closed_at is null)) limit 1;
  if found then
    raise exception 'entry % does not sum to zero on the open business day', wrong using errcode = 'check_violation';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION ledger.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '%.% is only added to', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION ledger.refuse_other_day()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from new_rows where business_date is distinct from
      (select business_date from ledger.business_days where closed_at is null)) then
    raise exception 'only the open business day takes entries' using errcode = 'check_violation';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION ledger.refuse_reopen_day()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.closed_at is not null or new.business_date <> old.business_date then
    raise exception 'business day % is closed', old.business_date using errcode = 'check_violation';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION ledger.refuse_reopen_hold()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.state <> 1 or new.captured_fen < old.captured_fen or new.amount_fen <> old.amount_fen then
    raise exception 'hold % is finished', old.entry_id using errcode = 'check_violation';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION ledger.refuse_unreturn()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.returned_fen < old.returned_fen or new.original_fen <> old.original_fen then
    raise exception 'a correction of entry % may only grow', old.entry_id using errcode = 'check_violation';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION platform.raise_reference_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
begin
  update platform.reference_version set version = version + 1;
  return null;
end $function$;

-- triggers

CREATE TRIGGER events_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.events FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER events_chained BEFORE INSERT ON audit.events FOR EACH ROW EXECUTE FUNCTION audit.chain_event();

CREATE TRIGGER day_file_breaks_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON bills.day_file_breaks FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER day_files_stay BEFORE DELETE OR TRUNCATE ON bills.day_files FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER payments_forward BEFORE UPDATE ON bills.payments FOR EACH ROW EXECUTE FUNCTION bills.check_move();

CREATE TRIGGER payments_stay BEFORE DELETE OR TRUNCATE ON bills.payments FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER outcomes_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON idempotency.outcomes FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER accounts_stay BEFORE DELETE OR TRUNCATE ON ledger.accounts FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER business_days_forward BEFORE UPDATE ON ledger.business_days FOR EACH ROW EXECUTE FUNCTION ledger.refuse_reopen_day();

CREATE TRIGGER business_days_stay BEFORE DELETE OR TRUNCATE ON ledger.business_days FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER corrections_grow BEFORE UPDATE ON ledger.corrections FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unreturn();

CREATE TRIGGER corrections_stay BEFORE DELETE OR TRUNCATE ON ledger.corrections FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER day_seals_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.day_seals FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER day_totals_open_day_insert AFTER INSERT ON ledger.day_totals REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_other_day();

CREATE TRIGGER day_totals_open_day_update AFTER UPDATE ON ledger.day_totals REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_other_day();

CREATE TRIGGER day_totals_stay BEFORE DELETE OR TRUNCATE ON ledger.day_totals FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER entries_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.entries FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER entries_open_day AFTER INSERT ON ledger.entries REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_other_day();

CREATE TRIGGER groups_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.groups FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER holds_forward BEFORE UPDATE ON ledger.holds FOR EACH ROW EXECUTE FUNCTION ledger.refuse_reopen_hold();

CREATE TRIGGER holds_stay BEFORE DELETE OR TRUNCATE ON ledger.holds FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER postings_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.postings FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER postings_check AFTER INSERT ON ledger.postings REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_postings();

CREATE TRIGGER participants_version AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON participants.participants FOR EACH STATEMENT EXECUTE FUNCTION platform.raise_reference_version();

CREATE TRIGGER purse_rules_version AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON sectors.purse_rules FOR EACH STATEMENT EXECUTE FUNCTION platform.raise_reference_version();

CREATE TRIGGER nets_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON settlement.nets FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER seals_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON settlement.seals FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER shops_limits_version AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON shops.limits FOR EACH STATEMENT EXECUTE FUNCTION platform.raise_reference_version();

CREATE TRIGGER terminals_version AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON terminals.terminals FOR EACH STATEMENT EXECUTE FUNCTION platform.raise_reference_version();

CREATE TRIGGER top_up_rules_version AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON top_up.rules FOR EACH STATEMENT EXECUTE FUNCTION platform.raise_reference_version();

CREATE TRIGGER transit_tariffs_version AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON transit.tariffs FOR EACH STATEMENT EXECUTE FUNCTION platform.raise_reference_version();

-- grants

grant usage on schema access to one_card_app;

grant usage on schema audit to one_card_app;

grant usage on schema bills to one_card_app;

grant usage on schema cards to one_card_app;

grant usage on schema idempotency to one_card_app;

grant usage on schema ledger to one_card_app;

grant usage on schema participants to one_card_app;

grant usage on schema platform to one_card_app;

grant usage on schema sectors to one_card_app;

grant usage on schema settlement to one_card_app;

grant usage on schema shops to one_card_app;

grant usage on schema terminals to one_card_app;

grant usage on schema top_up to one_card_app;

grant usage on schema transit to one_card_app;

grant select on table access.tokens to one_card_app;

grant insert, select on table audit.events to one_card_app;

grant insert, select on table bills.day_file_breaks to one_card_app;

grant insert, select, update (next_send_at), update (sent_at) on table bills.day_files to one_card_app;

grant insert, select, update (cancellation), update (drives), update (entry_id), update (leased_until), update (next_drive_at), update (paid_on), update (period), update (reason), update (refusal), update (return_entry_id), update (return_tries), update (returned_on), update (state) on table bills.payments to one_card_app;

grant insert, select, update (active), update (base_url), update (key_sealed), update (query_timeout_ms), update (terminal_id), update (write_off_timeout_ms) on table bills.utilities to one_card_app;

grant select on table cards.card_accounts to one_card_app;

grant select on table cards.cards to one_card_app;

grant select on table cards.persons to one_card_app;

grant insert, select on table idempotency.outcomes to one_card_app;

grant insert, select, update (balance_fen), update (held_fen), update (last_entry_id) on table ledger.accounts to one_card_app;

grant insert, select, update (closed_at) on table ledger.business_days to one_card_app;

grant insert, select, update (returned_fen) on table ledger.corrections to one_card_app;

grant insert, select on table ledger.day_seals to one_card_app;

grant insert, select, update (credit_count), update (credit_fen), update (debit_count), update (debit_fen) on table ledger.day_totals to one_card_app;

grant insert, select on table ledger.entries to one_card_app;

grant insert, select on table ledger.groups to one_card_app;

grant insert, select, update (captured_fen), update (state) on table ledger.holds to one_card_app;

grant select on table ledger.lanes to one_card_app;

grant insert, select on table ledger.postings to one_card_app;

grant select on table participants.participants to one_card_app;

grant select on table platform.data_set to one_card_app;

grant select on table platform.reference_version to one_card_app;

grant select on table sectors.purse_rules to one_card_app;

grant insert, select on table settlement.nets to one_card_app;

grant insert, select on table settlement.seals to one_card_app;

grant select on table shops.limits to one_card_app;

grant insert, select, update (day), update (spent_fen) on table shops.spending to one_card_app;

grant select on table terminals.terminals to one_card_app;

grant select on table top_up.rules to one_card_app;

grant insert, select, update (entry_id), update (tapped_at_ms) on table transit.taps to one_card_app;

grant select on table transit.tariffs to one_card_app;
