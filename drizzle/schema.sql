-- The schema the migrations add up to. Written by `npm run schema:dump`; do not edit.

-- schemas

create schema access;

create schema audit;

create schema cards;

create schema disbursements;

create schema idempotency;

create schema ledger;

create schema participants;

create schema platform;

create schema sectors;

create schema settlement;

create schema shops;

create schema subsidies;

create schema terminals;

create schema top_up;

create schema transit;

-- sequences

create sequence disbursements.batches_id_seq as bigint start 1 increment 1 cache 1;

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

create table disbursements.batches (
  id bigint not null generated always as identity,
  programme text not null,
  period text not null,
  participant_id integer not null,
  terminal_id integer not null,
  purse text not null,
  file_digest bytea not null,
  line_count integer not null,
  total_fen bigint not null,
  state text not null,
  round smallint not null,
  imported_at timestamp with time zone not null,
  imported_by bigint not null,
  made_by bigint not null,
  published_from date,
  published_until date,
  proposal_id bigint,
  proposed_by bigint,
  approved_by bigint,
  approved_digest bytea
);

create table disbursements.lines (
  batch_id bigint not null,
  line_no integer not null,
  attempt smallint not null,
  state text not null,
  cause text,
  amount_fen bigint,
  card_account_id bigint,
  card_id bigint,
  entry_id bigint,
  paid_on date,
  card_tail text,
  programme text not null,
  period text not null,
  id_number_digest bytea,
  claim bytea,
  name_sealed bytea
) with (fillfactor=80);

create table disbursements.programmes (
  code text not null,
  name text not null,
  name_en text not null,
  participant_id integer not null,
  terminal_id integer not null,
  purse text not null,
  per_line_max_fen bigint not null,
  publication_days smallint not null,
  active boolean not null
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

create table subsidies.terms (
  participant_id integer not null,
  programme text not null,
  purse text not null,
  per_payment_fen bigint not null,
  active boolean not null
);

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

alter table cards.card_accounts add constraint card_accounts_bucket CHECK (((bucket >= 0) AND (bucket <= 255)));

alter table cards.card_accounts add constraint card_accounts_bucket_id_pk PRIMARY KEY (bucket, id);

alter table cards.cards add constraint cards_status CHECK ((status = ANY (ARRAY['active'::text, 'not-active'::text, 'lost'::text, 'locked'::text, 'closed'::text])));

alter table cards.cards add constraint cards_tail CHECK ((length(number_tail) = 4));

alter table cards.cards add constraint cards_bucket_id_pk PRIMARY KEY (bucket, id);

alter table cards.cards add constraint cards_number_digest UNIQUE (number_digest, bucket);

alter table cards.persons add constraint persons_pkey PRIMARY KEY (id);

alter table disbursements.batches add constraint batches_approved CHECK (((state <> ALL (ARRAY['approved'::text, 'running'::text, 'paid'::text, 'partly-paid'::text])) OR ((approved_by IS NOT NULL) AND (proposed_by IS NOT NULL) AND (approved_digest IS NOT NULL))));

alter table disbursements.batches add constraint batches_second_person CHECK (((approved_by IS NULL) OR ((approved_by <> imported_by) AND (approved_by <> made_by) AND (approved_by <> proposed_by))));

alter table disbursements.batches add constraint batches_state CHECK ((state = ANY (ARRAY['imported'::text, 'published'::text, 'proposed'::text, 'returned'::text, 'approved'::text, 'running'::text, 'paid'::text, 'partly-paid'::text, 'corrected'::text, 'withdrawn'::text])));

alter table disbursements.batches add constraint batches_total CHECK (((total_fen >= 0) AND (line_count >= 0)));

alter table disbursements.batches add constraint batches_programme_programmes_code_fk FOREIGN KEY (programme) REFERENCES disbursements.programmes(code);

alter table disbursements.batches add constraint batches_pkey PRIMARY KEY (id);

alter table disbursements.lines add constraint lines_cause CHECK (((state = 'failed'::text) = (cause IS NOT NULL)));

alter table disbursements.lines add constraint lines_entry CHECK (((state <> 'paid'::text) OR (entry_id IS NOT NULL)));

alter table disbursements.lines add constraint lines_paid CHECK (((state = 'paid'::text) = (paid_on IS NOT NULL)));

alter table disbursements.lines add constraint lines_payee CHECK (((state <> ALL (ARRAY['ready'::text, 'paid'::text])) OR ((amount_fen > 0) AND (card_account_id IS NOT NULL) AND (card_id IS NOT NULL) AND (claim IS NOT NULL))));

alter table disbursements.lines add constraint lines_state CHECK ((state = ANY (ARRAY['ready'::text, 'failed'::text, 'paid'::text, 'withdrawn'::text])));

alter table disbursements.lines add constraint lines_batch_id_batches_id_fk FOREIGN KEY (batch_id) REFERENCES disbursements.batches(id);

alter table disbursements.lines add constraint lines_batch_id_line_no_pk PRIMARY KEY (batch_id, line_no);

alter table disbursements.programmes add constraint programmes_per_line CHECK ((per_line_max_fen > 0));

alter table disbursements.programmes add constraint programmes_publication CHECK (((publication_days >= 0) AND (publication_days <= 90)));

alter table disbursements.programmes add constraint programmes_purse CHECK ((purse = ANY (ARRAY['subsidy'::text, 'farm-subsidy'::text, 'elder-care'::text])));

alter table disbursements.programmes add constraint programmes_pkey PRIMARY KEY (code);

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

alter table subsidies.terms add constraint terms_per_payment CHECK ((per_payment_fen > 0));

alter table subsidies.terms add constraint terms_purse CHECK ((purse = ANY (ARRAY['subsidy'::text, 'farm-subsidy'::text, 'elder-care'::text])));

alter table subsidies.terms add constraint terms_participant_id_programme_pk PRIMARY KEY (participant_id, programme);

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

CREATE UNIQUE INDEX batches_file ON disbursements.batches USING btree (programme, period, file_digest) WHERE (state <> 'withdrawn'::text);

CREATE INDEX batches_running ON disbursements.batches USING btree (id) WHERE (state = 'running'::text);

CREATE INDEX lines_card_account ON disbursements.lines USING btree (card_account_id, batch_id, line_no);

CREATE UNIQUE INDEX lines_once ON disbursements.lines USING btree (claim, programme, period) WHERE (claim IS NOT NULL);

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

CREATE OR REPLACE FUNCTION disbursements.check_batch()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (old.programme, old.period, old.participant_id, old.terminal_id, old.purse, old.file_digest, old.line_count,
      old.imported_at, old.imported_by) is distinct from
     (new.programme, new.period, new.participant_id, new.terminal_id, new.purse, new.file_digest, new.line_count,
      new.imported_at, new.imported_by)
    or new.round < old.round
    or (old.state <> new.state and (
      old.state in ('paid', 'withdrawn')
      or (new.state = 'approved' and old.state <> 'proposed')
      or (new.state = 'running' and old.state <> 'approved')
      or (new.state in ('paid', 'partly-paid') and old.state <> 'running')
      or (new.state = 'withdrawn' and old.state not in ('imported', 'published', 'returned', 'corrected'))
      or (old.state in ('approved', 'running') and new.state not in ('running', 'paid', 'partly-paid'))))
    or (new.round = old.round and old.approved_by is not null and
      (old.approved_by, old.approved_digest, old.proposed_by, old.proposal_id, old.made_by) is distinct from
      (new.approved_by, new.approved_digest, new.proposed_by, new.proposal_id, new.made_by)) then
    raise exception 'batch % does not go this way', old.id using errcode = 'check_violation';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION disbursements.check_lines()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_nestloop TO 'off'
AS $function$
declare wrong record;
begin
  select o.batch_id, o.line_no into wrong
    from old_rows o
    left join new_rows n on n.batch_id = o.batch_id and n.line_no = o.line_no
    join disbursements.batches b on b.id = o.batch_id
    where n.batch_id is null
      or (o.state = 'paid' and o is distinct from n)
      or (n.state = 'paid' and o.state <> 'paid' and (o.state <> 'ready' or b.state <> 'running'))
      or (b.state in ('approved', 'running', 'paid', 'partly-paid') and
        (o.attempt, o.amount_fen, o.card_account_id, o.card_id, o.id_number_digest, o.name_sealed, o.programme, o.period)
        is distinct from
        (n.attempt, n.amount_fen, n.card_account_id, n.card_id, n.id_number_digest, n.name_sealed, n.programme, n.period))
      or (b.state in ('approved', 'running', 'paid', 'partly-paid') and o.state <> 'ready' and n.state = 'ready')
    limit 1;
  if found then
    raise exception 'line % of batch % is approved or paid: it does not change', wrong.line_no, wrong.batch_id
      using errcode = 'check_violation';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION disbursements.check_new_lines()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from new_rows n join disbursements.batches b on b.id = n.batch_id where b.state <> 'imported') then
    raise exception 'a batch takes lines only while it is imported' using errcode = 'check_violation';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION disbursements.check_programme()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (old.code, old.participant_id, old.terminal_id, old.purse) is distinct from
     (new.code, new.participant_id, new.terminal_id, new.purse) then
    raise exception 'programme % keeps its agency, terminal and purse', old.code using errcode = 'check_violation';
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

CREATE TRIGGER batches_forward BEFORE UPDATE ON disbursements.batches FOR EACH ROW EXECUTE FUNCTION disbursements.check_batch();

CREATE TRIGGER batches_stay BEFORE DELETE OR TRUNCATE ON disbursements.batches FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER lines_check AFTER UPDATE ON disbursements.lines REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION disbursements.check_lines();

CREATE TRIGGER lines_check_new AFTER INSERT ON disbursements.lines REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION disbursements.check_new_lines();

CREATE TRIGGER lines_stay BEFORE DELETE OR TRUNCATE ON disbursements.lines FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER programmes_keep BEFORE UPDATE ON disbursements.programmes FOR EACH ROW EXECUTE FUNCTION disbursements.check_programme();

CREATE TRIGGER programmes_stay BEFORE DELETE OR TRUNCATE ON disbursements.programmes FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

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

CREATE TRIGGER subsidies_terms_version AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON subsidies.terms FOR EACH STATEMENT EXECUTE FUNCTION platform.raise_reference_version();

CREATE TRIGGER terminals_version AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON terminals.terminals FOR EACH STATEMENT EXECUTE FUNCTION platform.raise_reference_version();

CREATE TRIGGER top_up_rules_version AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON top_up.rules FOR EACH STATEMENT EXECUTE FUNCTION platform.raise_reference_version();

CREATE TRIGGER transit_tariffs_version AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON transit.tariffs FOR EACH STATEMENT EXECUTE FUNCTION platform.raise_reference_version();

-- grants

grant usage on schema access to one_card_app;

grant usage on schema audit to one_card_app;

grant usage on schema cards to one_card_app;

grant usage on schema disbursements to one_card_app;

grant usage on schema idempotency to one_card_app;

grant usage on schema ledger to one_card_app;

grant usage on schema participants to one_card_app;

grant usage on schema platform to one_card_app;

grant usage on schema sectors to one_card_app;

grant usage on schema settlement to one_card_app;

grant usage on schema shops to one_card_app;

grant usage on schema subsidies to one_card_app;

grant usage on schema terminals to one_card_app;

grant usage on schema top_up to one_card_app;

grant usage on schema transit to one_card_app;

grant select on table access.tokens to one_card_app;

grant insert, select on table audit.events to one_card_app;

grant select on table cards.card_accounts to one_card_app;

grant select on table cards.cards to one_card_app;

grant select on table cards.persons to one_card_app;

grant insert, select, update (approved_by), update (approved_digest), update (made_by), update (proposal_id), update (proposed_by), update (published_from), update (published_until), update (round), update (state), update (total_fen) on table disbursements.batches to one_card_app;

grant insert, select, update (amount_fen), update (attempt), update (card_account_id), update (card_id), update (card_tail), update (cause), update (claim), update (entry_id), update (id_number_digest), update (name_sealed), update (paid_on), update (state) on table disbursements.lines to one_card_app;

grant insert, select, update (active), update (name), update (name_en), update (per_line_max_fen), update (publication_days) on table disbursements.programmes to one_card_app;

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

grant insert, select, update (active), update (per_payment_fen) on table subsidies.terms to one_card_app;

grant select on table terminals.terminals to one_card_app;

grant select on table top_up.rules to one_card_app;

grant insert, select, update (entry_id), update (tapped_at_ms) on table transit.taps to one_card_app;

grant select on table transit.tariffs to one_card_app;
