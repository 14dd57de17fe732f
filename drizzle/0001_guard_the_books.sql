-- Guard the books: what no line of TypeScript may break, PostgreSQL refuses for every role.
-- drizzle-kit writes tables; triggers and grants are written by hand (DESIGN §6).

-- An entry sums to zero, and belongs to the open day: a closed day takes nothing more. One look per statement
-- over its new rows, so it costs per group, not per posting; that an entry comes whole in one statement is how
-- the posting path writes.
create function ledger.check_postings() returns trigger language plpgsql as $$
declare wrong bigint;
begin
  select entry_id into wrong from new_rows group by bucket, entry_id
    having sum(amount_fen) <> 0 or bool_or(business_date is distinct from
      (select business_date from ledger.business_days where closed_at is null)) limit 1;
  if found then
    raise exception 'entry % does not sum to zero on the open business day', wrong using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger postings_check after insert on ledger.postings
  referencing new table as new_rows for each statement execute function ledger.check_postings();

-- The same for entries without postings, and for the day's totals.
create function ledger.refuse_other_day() returns trigger language plpgsql as $$
begin
  if exists (select from new_rows where business_date is distinct from
      (select business_date from ledger.business_days where closed_at is null)) then
    raise exception 'only the open business day takes entries' using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger entries_open_day after insert on ledger.entries
  referencing new table as new_rows for each statement execute function ledger.refuse_other_day();
create trigger day_totals_open_day_insert after insert on ledger.day_totals
  referencing new table as new_rows for each statement execute function ledger.refuse_other_day();
create trigger day_totals_open_day_update after update on ledger.day_totals
  referencing new table as new_rows for each statement execute function ledger.refuse_other_day();

-- The journal is only added to: no update, no delete, no truncate, whoever asks.
create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%.% is only added to', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger entries_append_only before update or delete or truncate on ledger.entries
  for each statement execute function ledger.refuse_change();
create trigger postings_append_only before update or delete or truncate on ledger.postings
  for each statement execute function ledger.refuse_change();
create trigger groups_append_only before update or delete or truncate on ledger.groups
  for each statement execute function ledger.refuse_change();
create trigger day_seals_append_only before update or delete or truncate on ledger.day_seals
  for each statement execute function ledger.refuse_change();
create trigger outcomes_append_only before update or delete or truncate on idempotency.outcomes
  for each statement execute function ledger.refuse_change();
create trigger nets_append_only before update or delete or truncate on settlement.nets
  for each statement execute function ledger.refuse_change();
create trigger seals_append_only before update or delete or truncate on settlement.seals
  for each statement execute function ledger.refuse_change();

-- Balances, day totals, holds and corrections change, but no row of them ever goes away.
create trigger accounts_stay before delete or truncate on ledger.accounts
  for each statement execute function ledger.refuse_change();
create trigger day_totals_stay before delete or truncate on ledger.day_totals
  for each statement execute function ledger.refuse_change();
create trigger holds_stay before delete or truncate on ledger.holds
  for each statement execute function ledger.refuse_change();
create trigger corrections_stay before delete or truncate on ledger.corrections
  for each statement execute function ledger.refuse_change();
create trigger business_days_stay before delete or truncate on ledger.business_days
  for each statement execute function ledger.refuse_change();

-- What was returned of an entry never shrinks, or a refund could be paid again.
create function ledger.refuse_unreturn() returns trigger language plpgsql as $$
begin
  if new.returned_fen < old.returned_fen or new.original_fen <> old.original_fen then
    raise exception 'a correction of entry % may only grow', old.entry_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger corrections_grow before update on ledger.corrections
  for each row execute function ledger.refuse_unreturn();

-- A hold that is captured, voided or expired stays so, and no capture is taken back.
create function ledger.refuse_reopen_hold() returns trigger language plpgsql as $$
begin
  if old.state <> 1 or new.captured_fen < old.captured_fen or new.amount_fen <> old.amount_fen then
    raise exception 'hold % is finished', old.entry_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger holds_forward before update on ledger.holds
  for each row execute function ledger.refuse_reopen_hold();

-- One open day at a time, and a closed day stays closed.
create unique index business_days_one_open on ledger.business_days ((true)) where closed_at is null;
create function ledger.refuse_reopen_day() returns trigger language plpgsql as $$
begin
  if old.closed_at is not null or new.business_date <> old.business_date then
    raise exception 'business day % is closed', old.business_date using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger business_days_forward before update on ledger.business_days
  for each row execute function ledger.refuse_reopen_day();

-- Rows that are raised again and again stay on their page (heap-only updates).
alter table ledger.accounts set (fillfactor = 70);
alter table ledger.day_totals set (fillfactor = 50);
alter table shops.spending set (fillfactor = 70);
alter table transit.taps set (fillfactor = 70);

-- The service works as one_card_app, made before the migrations run. It may add to the journal, and change
-- only the columns that a payment changes; reference tables and tokens are the operator's to write.
grant usage on schema access, cards, idempotency, ledger, participants, platform, settlement, shops, terminals,
  top_up, transit to one_card_app;
grant select on all tables in schema access, cards, idempotency, ledger, participants, platform, settlement,
  shops, terminals, top_up, transit to one_card_app;
grant insert on ledger.entries, ledger.postings, ledger.groups, ledger.day_seals, ledger.day_totals,
  ledger.holds, ledger.corrections, ledger.business_days, idempotency.outcomes, settlement.nets,
  settlement.seals, shops.spending, transit.taps to one_card_app;
grant insert, update (balance_fen, held_fen, last_entry_id) on ledger.accounts to one_card_app;
grant update (debit_fen, credit_fen, debit_count, credit_count) on ledger.day_totals to one_card_app;
grant update (captured_fen, state) on ledger.holds to one_card_app;
grant update (returned_fen) on ledger.corrections to one_card_app;
grant update (closed_at) on ledger.business_days to one_card_app;
grant update (spent_fen, day) on shops.spending to one_card_app;
grant update (tapped_at_ms, entry_id) on transit.taps to one_card_app;
