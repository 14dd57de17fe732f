-- Number the lanes and versions: the few rows the service cannot start without.

-- 64 lanes: the limit of sessions that clear at the same time. A lane's own rows live in the bucket of its number.
insert into ledger.lanes (lane, bucket) select n, n from generate_series(0, 63) n;

insert into platform.data_set default values;

-- Reference data is kept in memory with this version; each group reads it in its own transaction.
insert into platform.reference_version (version) values (1);
create function platform.raise_reference_version() returns trigger language plpgsql security definer
  set search_path = pg_catalog as $$
begin
  update platform.reference_version set version = version + 1;
  return null;
end $$;
create trigger participants_version after insert or update or delete or truncate on participants.participants
  for each statement execute function platform.raise_reference_version();
create trigger terminals_version after insert or update or delete or truncate on terminals.terminals
  for each statement execute function platform.raise_reference_version();
create trigger shops_limits_version after insert or update or delete or truncate on shops.limits
  for each statement execute function platform.raise_reference_version();
create trigger transit_tariffs_version after insert or update or delete or truncate on transit.tariffs
  for each statement execute function platform.raise_reference_version();
create trigger top_up_rules_version after insert or update or delete or truncate on top_up.rules
  for each statement execute function platform.raise_reference_version();
