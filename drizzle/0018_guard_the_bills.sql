-- Guard the bills: a payment only goes forward, what it is about never changes, and nothing of it goes away.

-- The moves of src/bills/rules/payment-life.ts once more, for every role.
create function bills.check_move() returns trigger language plpgsql as $$
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
end $$;
create trigger payments_forward before update on bills.payments
  for each row execute function bills.check_move();
create trigger payments_stay before delete or truncate on bills.payments
  for each statement execute function ledger.refuse_change();
create trigger day_files_stay before delete or truncate on bills.day_files
  for each statement execute function ledger.refuse_change();
create trigger day_file_breaks_append_only before update or delete or truncate on bills.day_file_breaks
  for each statement execute function ledger.refuse_change();

grant usage on schema bills to one_card_app;
grant select on all tables in schema bills to one_card_app;
-- Administrators keep the utilities through the service.
grant insert, update (terminal_id, base_url, key_sealed, query_timeout_ms, write_off_timeout_ms, active)
  on bills.utilities to one_card_app;
grant insert on bills.payments, bills.day_files, bills.day_file_breaks to one_card_app;
grant update (state, period, cancellation, reason, refusal, entry_id, paid_on, return_entry_id, returned_on, return_tries,
  leased_until, next_drive_at, drives) on bills.payments to one_card_app;
grant update (sent_at, next_send_at) on bills.day_files to one_card_app;
