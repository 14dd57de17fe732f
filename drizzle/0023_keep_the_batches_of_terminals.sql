-- Keep the batches of terminals: what a terminal claims at its settlement, what our books say, and what differs.

CREATE TABLE "terminals"."batch_uploads" (
	"terminal_id" integer NOT NULL,
	"batch_number" integer NOT NULL,
	"trace_number" integer NOT NULL,
	"side" text,
	"amount_fen" bigint,
	"own_amount_fen" bigint,
	"card_tail" text,
	"verdict" text,
	CONSTRAINT "batch_uploads_terminal_id_batch_number_trace_number_pk" PRIMARY KEY("terminal_id","batch_number","trace_number"),
	CONSTRAINT "batch_uploads_trace" CHECK ("terminals"."batch_uploads"."trace_number" between 0 and 999999),
	CONSTRAINT "batch_uploads_side" CHECK ("terminals"."batch_uploads"."side" in ('debit', 'credit')),
	CONSTRAINT "batch_uploads_tail" CHECK ("terminals"."batch_uploads"."card_tail" ~ '^[0-9]{4}$'),
	CONSTRAINT "batch_uploads_amounts" CHECK (least("terminals"."batch_uploads"."amount_fen", "terminals"."batch_uploads"."own_amount_fen") >= 0),
	CONSTRAINT "batch_uploads_verdict" CHECK ("terminals"."batch_uploads"."verdict" in ('matched', 'amount-differs', 'side-differs', 'missing-here', 'missing-there')),
	CONSTRAINT "batch_uploads_known" CHECK (("terminals"."batch_uploads"."amount_fen" is null) = (coalesce("terminals"."batch_uploads"."verdict", '') = 'missing-there'))
);
--> statement-breakpoint
CREATE TABLE "terminals"."batches" (
	"terminal_id" integer NOT NULL,
	"batch_number" integer NOT NULL,
	"opened_on" date NOT NULL,
	"state" text NOT NULL,
	"claimed_debit_fen" bigint,
	"claimed_debit_count" integer,
	"claimed_credit_fen" bigint,
	"claimed_credit_count" integer,
	"own_debit_fen" bigint,
	"own_debit_count" integer,
	"own_credit_fen" bigint,
	"own_credit_count" integer,
	"counted_below" bigint,
	"settle_trace" integer,
	"settle_answer" text,
	"settled_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	CONSTRAINT "batches_terminal_id_batch_number_pk" PRIMARY KEY("terminal_id","batch_number"),
	CONSTRAINT "batches_number" CHECK ("terminals"."batches"."batch_number" between 1 and 999999),
	CONSTRAINT "batches_state" CHECK ("terminals"."batches"."state" in ('open', 'unbalanced', 'closed')),
	CONSTRAINT "batches_answer" CHECK ("terminals"."batches"."settle_answer" in ('balanced', 'unbalanced')),
	CONSTRAINT "batches_closed" CHECK (("terminals"."batches"."state" = 'closed') = ("terminals"."batches"."closed_at" is not null)),
	CONSTRAINT "batches_settled" CHECK (num_nonnulls("terminals"."batches"."claimed_debit_fen", "terminals"."batches"."claimed_debit_count", "terminals"."batches"."claimed_credit_fen", "terminals"."batches"."claimed_credit_count", "terminals"."batches"."own_debit_fen", "terminals"."batches"."own_debit_count", "terminals"."batches"."own_credit_fen", "terminals"."batches"."own_credit_count", "terminals"."batches"."counted_below", "terminals"."batches"."settle_trace", "terminals"."batches"."settle_answer", "terminals"."batches"."settled_at") = case when "terminals"."batches"."state" = 'open' then 0 else 12 end),
	CONSTRAINT "batches_signs" CHECK (least("terminals"."batches"."claimed_debit_fen", "terminals"."batches"."claimed_debit_count", "terminals"."batches"."claimed_credit_fen", "terminals"."batches"."claimed_credit_count", "terminals"."batches"."own_debit_fen", "terminals"."batches"."own_debit_count", "terminals"."batches"."own_credit_fen", "terminals"."batches"."own_credit_count") >= 0)
);
--> statement-breakpoint
ALTER TABLE "terminals"."batch_uploads" ADD CONSTRAINT "batch_uploads_batch" FOREIGN KEY ("terminal_id","batch_number") REFERENCES "terminals"."batches"("terminal_id","batch_number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "terminals"."batches" ADD CONSTRAINT "batches_terminal_id_terminals_id_fk" FOREIGN KEY ("terminal_id") REFERENCES "terminals"."terminals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "batches_current" ON "terminals"."batches" USING btree ("terminal_id") WHERE state <> 'closed';
--> statement-breakpoint
-- Every terminal is in a batch already. It is taken for opened on the first day under which the terminal posted in it,
-- so that its totals are whole at its first settlement; but not before our first business day (a clock that was wrong),
-- and today where it never posted. No key moves by it: everything that came before carried a date of its own.
set local enable_seqscan = off;
insert into terminals.batches (terminal_id, batch_number, opened_on, state)
  select t.id, t.batch_number, case when f.day is null then n.today else least(greatest(f.day, b.first_day), n.today) end, 'open'
  from terminals.terminals t
  cross join (select (now() at time zone 'UTC' + interval '8 hours')::date as today) n
  cross join (select min(business_date) as first_day from ledger.business_days) b
  left join lateral (
    select date '2000-01-01' + ('x' || substr(o.key, 11, 4))::bit(16)::int as day
    from (
      select replace(business_key::text, '-', '') as key from idempotency.outcomes
      where business_key between
        ('01' || lpad(to_hex(t.id), 8, '0') || repeat('0', 22))::uuid and
        ('01' || lpad(to_hex(t.id), 8, '0') || repeat('f', 22))::uuid
      order by business_key) o
    where substr(o.key, 15, 6) = lpad(to_hex(t.batch_number), 6, '0')
    limit 1) f on true;
set local enable_seqscan to default;
--> statement-breakpoint
-- A batch goes forward: what it is stays, a closed one stays as it is, and none is taken away.
create function terminals.check_batch() returns trigger language plpgsql as $$
begin
  if old.state = 'closed'
    or (new.state = 'open' and old.state <> 'open')
    or (old.terminal_id, old.batch_number, old.opened_on) is distinct from
       (new.terminal_id, new.batch_number, new.opened_on) then
    raise exception 'batch % of terminal % does not go this way', old.batch_number, old.terminal_id
      using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger batches_forward before update on terminals.batches
  for each row execute function terminals.check_batch();
create trigger batches_stay before delete or truncate on terminals.batches
  for each statement execute function ledger.refuse_change();

-- A terminal goes on to the batch after, by one, and from the last number to the first.
create function terminals.check_batch_number() returns trigger language plpgsql as $$
begin
  if new.batch_number <> old.batch_number % 999999 + 1 then
    raise exception 'terminal % goes from batch % to the one after it', old.id, old.batch_number
      using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger terminals_batch_forward before update of batch_number on terminals.terminals
  for each row when (old.batch_number is distinct from new.batch_number)
  execute function terminals.check_batch_number();

-- A terminal's batch number is that of its one batch that is not closed: judged at the end of the transaction, in
-- which the batch is closed, the next one is opened and the terminal's row is moved on.
create function terminals.check_current_batch() returns trigger language plpgsql as $$
declare terminal int := case tg_table_name when 'terminals' then to_jsonb(new) ->> 'id' else to_jsonb(new) ->> 'terminal_id' end;
begin
  if not exists (
    select from terminals.terminals t
    join terminals.batches b on b.terminal_id = t.id and b.batch_number = t.batch_number
    where t.id = terminal and b.state <> 'closed') then
    raise exception 'the batch of terminal % is closed or is not there', terminal using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger batches_are_current after insert or update on terminals.batches
  deferrable initially deferred for each row execute function terminals.check_current_batch();
create constraint trigger terminals_have_batch after insert or update of batch_number on terminals.terminals
  deferrable initially deferred for each row execute function terminals.check_current_batch();

-- What was uploaded is judged with its batch, and stays with it. One look per statement.
create function terminals.check_uploads() returns trigger language plpgsql as $$
declare wrong record;
begin
  select n.terminal_id, n.batch_number into wrong from new_rows n
    join terminals.batches b on b.terminal_id = n.terminal_id and b.batch_number = n.batch_number
    where b.state <> 'unbalanced' limit 1;
  if found then
    raise exception 'batch % of terminal % takes no uploads', wrong.batch_number, wrong.terminal_id
      using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger batch_uploads_check_new after insert on terminals.batch_uploads
  referencing new table as new_rows for each statement execute function terminals.check_uploads();
create trigger batch_uploads_check after update on terminals.batch_uploads
  referencing new table as new_rows for each statement execute function terminals.check_uploads();
create trigger batch_uploads_stay before delete or truncate on terminals.batch_uploads
  for each statement execute function ledger.refuse_change();

grant select, insert on terminals.batches, terminals.batch_uploads to one_card_app;
grant update (state, claimed_debit_fen, claimed_debit_count, claimed_credit_fen, claimed_credit_count, own_debit_fen,
  own_debit_count, own_credit_fen, own_credit_count, counted_below, settle_trace, settle_answer, settled_at, closed_at)
  on terminals.batches to one_card_app;
grant update (side, amount_fen, own_amount_fen, card_tail, verdict) on terminals.batch_uploads to one_card_app;
grant update (batch_number) on terminals.terminals to one_card_app;
