-- Guard the cards: what became of a card and what terminals were told is only added to, and the hot list is
-- numbered here, so that no line of TypeScript can leave a gap or let two changes change places.

-- The lock makes the changes of two transactions follow each other; the select sees what is committed by then.
create function cards.number_hot_change() returns trigger language plpgsql security definer
  set search_path = pg_catalog as $$
begin
  perform pg_advisory_xact_lock(4600000031);
  select coalesce(max(version), 0) + 1 into new.version from cards.hot_changes;
  new.at := clock_timestamp();
  return new;
end $$;
create trigger hot_changes_numbered before insert on cards.hot_changes
  for each row execute function cards.number_hot_change();
create trigger hot_changes_append_only before update or delete or truncate on cards.hot_changes
  for each statement execute function ledger.refuse_change();
create trigger events_append_only before update or delete or truncate on cards.events
  for each statement execute function ledger.refuse_change();
create trigger issue_errors_append_only before update or delete or truncate on cards.issue_errors
  for each statement execute function ledger.refuse_change();

-- A card, its account and its person never go away.
create trigger cards_stay before delete or truncate on cards.cards
  for each statement execute function ledger.refuse_change();
create trigger card_accounts_stay before delete or truncate on cards.card_accounts
  for each statement execute function ledger.refuse_change();
create trigger persons_stay before delete or truncate on cards.persons
  for each statement execute function ledger.refuse_change();

-- What was closed or replaced stays so: its number is on the hot list of terminals that nobody reaches any more.
create function cards.refuse_revival() returns trigger language plpgsql as $$
begin
  if old.status in ('closed', 'replaced') and new.status <> old.status then
    raise exception 'card % is %', old.id, old.status using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger cards_forward before update on cards.cards
  for each row execute function cards.refuse_revival();

-- A file of cards only goes forward: what was issued is not issued again.
create function cards.refuse_backward_file() returns trigger language plpgsql as $$
begin
  if old.finished_at is not null or new.lines_done < old.lines_done or new.digest <> old.digest then
    raise exception 'issue file % goes only forward', old.id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger issue_files_forward before update on cards.issue_files
  for each row execute function cards.refuse_backward_file();

grant select on cards.products, cards.held_products, cards.applications, cards.events, cards.issue_files,
  cards.issue_errors, cards.hot_changes, cards.hot_list_terminals to one_card_app;
grant usage on sequence cards.person_ids, cards.card_account_ids, cards.card_ids to one_card_app;
grant insert on cards.persons, cards.card_accounts, cards.cards, cards.events, cards.applications, cards.issue_files,
  cards.issue_errors, cards.hot_changes to one_card_app;
grant update (status, lifts_at) on cards.cards to one_card_app;
grant update (card_id) on cards.applications to one_card_app;
grant update (lines_done, issued, failed, finished_at) on cards.issue_files to one_card_app;
grant insert, delete on cards.held_products to one_card_app;
grant insert, update (version, at) on cards.hot_list_terminals to one_card_app;
