-- Guard the load orders: an order only moves forward, consents and bindings only end, and nobody is settled with
-- who is not enrolled. What the service may write is granted column by column.

-- Institutions are kept in memory with the version that each group compares.
create trigger institutions_version after insert or update or delete or truncate on medical.institutions
  for each statement execute function platform.raise_reference_version();

-- A fund that is posted to must be a participant of ours.
alter table medical.institutions
  add foreign key (participant_id) references participants.participants (id),
  add foreign key (pooled_fund_id) references participants.participants (id),
  add foreign key (mutual_aid_id) references participants.participants (id);

-- An agent's row is raised with every load.
alter table top_up.agents set (fillfactor = 50);
alter table load_orders.orders set (fillfactor = 70);

-- What failed is taken up again by people, where it stopped.
-- Never loaded without a debit, never debited without a load or a refund: the ways of an order, whoever updates it.
create function load_orders.check_order() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state not in ('requested', 'refused') then
      raise exception 'an order begins as requested or refused' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if (new.id, new.card_account_id, new.card_id, new.binding_id, new.amount_fen, new.purse, new.caller_key,
      new.terminal_id, new.created_at)
    is distinct from (old.id, old.card_account_id, old.card_id, old.binding_id, old.amount_fen, old.purse,
      old.caller_key, old.terminal_id, old.created_at)
    or old.mandate_id is distinct from new.mandate_id then
    raise exception 'what order % asks for never changes', old.id using errcode = 'check_violation';
  end if;
  if new.state <> old.state and (old.state, new.state) not in (
      ('requested', 'debited'), ('requested', 'refused'), ('requested', 'returning'),
      ('debited', 'loaded'), ('debited', 'returning'), ('debited', 'failed'),
      ('returning', 'returned'), ('returning', 'refused'), ('returning', 'failed'),
      ('failed', 'debited'), ('failed', 'returning')) then
    raise exception 'order % does not go from % to %', old.id, old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger orders_forward before insert or update on load_orders.orders
  for each row execute function load_orders.check_order();
create trigger orders_stay before delete or truncate on load_orders.orders
  for each statement execute function ledger.refuse_change();

-- A binding or a consent that has ended stays ended; nothing else of it changes.
create function load_orders.refuse_revival() returns trigger language plpgsql as $$
begin
  if (to_jsonb(old) - 'ended_at' - 'revoked_at') is distinct from (to_jsonb(new) - 'ended_at' - 'revoked_at')
    or coalesce(to_jsonb(old) ->> 'ended_at', to_jsonb(old) ->> 'revoked_at') is not null then
    raise exception '%.% % only ends', tg_table_schema, tg_table_name, old.id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger bindings_end before update on load_orders.bindings
  for each row execute function load_orders.refuse_revival();
create trigger mandates_end before update on load_orders.mandates
  for each row execute function load_orders.refuse_revival();
create trigger bindings_stay before delete or truncate on load_orders.bindings
  for each statement execute function ledger.refuse_change();
create trigger mandates_stay before delete or truncate on load_orders.mandates
  for each statement execute function ledger.refuse_change();

grant usage on schema medical, load_orders to one_card_app;
grant select on medical.institutions, top_up.agents to one_card_app;
grant update (day, used_fen) on top_up.agents to one_card_app;
grant usage on sequence load_orders.ids to one_card_app;
grant select on load_orders.banks, load_orders.bindings, load_orders.mandates, load_orders.orders to one_card_app;
grant insert on load_orders.bindings, load_orders.mandates, load_orders.orders to one_card_app;
grant update (ended_at) on load_orders.bindings to one_card_app;
grant update (revoked_at) on load_orders.mandates to one_card_app;
grant update (state, reason, entry_id, attempts, due_at, changed_at) on load_orders.orders to one_card_app;
