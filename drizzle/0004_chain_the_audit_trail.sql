-- Chain the audit trail: every row is numbered and hashed with the one before, whoever inserts it, and none
-- is changed or taken away. The hash is made here, so that no line of TypeScript can leave it out.

create function audit.event_hash(before bytea, e audit.events) returns bytea language sql stable
  set timezone = 'UTC' as $$
  select sha256(coalesce(before, decode(repeat('00', 32), 'hex')) || convert_to(concat_ws(E'\x1f', e.sequence,
    to_char(e.at, 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor_kind, e.actor_id, e.act, e.subject, e.reason), 'UTF8'))
$$;

-- The lock makes the rows of two transactions follow each other; each select sees what is committed by then.
create function audit.chain_event() returns trigger language plpgsql security definer
  set search_path = pg_catalog as $$
declare
  before audit.events;
begin
  perform pg_advisory_xact_lock(4600000002);
  select * into before from audit.events order by sequence desc limit 1;
  new.sequence := coalesce(before.sequence, 0) + 1;
  new.at := clock_timestamp();
  new.hash := audit.event_hash(before.hash, new);
  return new;
end $$;
create trigger events_chained before insert on audit.events
  for each row execute function audit.chain_event();
create trigger events_append_only before update or delete or truncate on audit.events
  for each statement execute function ledger.refuse_change();

create index events_subject on audit.events (subject, sequence);

grant usage on schema audit to one_card_app;
grant select, insert on audit.events to one_card_app;
