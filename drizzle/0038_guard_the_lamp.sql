-- Guard the lamp: a look is written as a look, one after the other, and none was made in the future.

-- The service's own role writes the lamp. Without this one statement of it could let the lamp be green for years, or
-- stop all further looks; with it what is not true is looked at again a few seconds later. Where the next look goes on
-- from (the watermark) may be taken away at any time: the open day is then counted anew.
create function settlement.check_lamp() returns trigger language plpgsql as $$
begin
  if (new.computed_at, new.business_date, new.drift_fen, new.behind, new.checks, new.findings, new.queues)
      is distinct from (old.computed_at, old.business_date, old.drift_fen, old.behind, old.checks, old.findings, old.queues)
      and new.look <> old.look + 1 or new.look not in (old.look, old.look + 1) then
    raise exception 'the lamp is what look % found', old.look + 1 using errcode = 'check_violation';
  end if;
  if new.computed_at > clock_timestamp() or (new.computed_at is null and old.computed_at is not null) then
    raise exception 'a look began before it is written' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger lamp_forward before update on settlement.lamp
  for each row execute function settlement.check_lamp();
create trigger lamp_stays before delete or truncate on settlement.lamp
  for each statement execute function ledger.refuse_change();
