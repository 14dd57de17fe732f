-- Guard the sign-ins: what a session, a secret and a second person's approval may be, whoever asks.

-- The service opens sessions after a password, but only short ones, and for staff only in the role that they
-- have. It has no other way to let somebody in: it may not insert tokens itself.
create function access.open_session(digest bytea, for_role text, for_subject bigint, idle int, absolute int,
    must_change boolean) returns timestamptz language plpgsql security definer set search_path = pg_catalog as $$
declare ends timestamptz := now() + make_interval(secs => absolute);
begin
  if idle is null or absolute is null or idle not between 1 and 900 or absolute not between 1 and 43200 then
    raise exception 'a session has its limits' using errcode = 'check_violation';
  end if;
  if for_role = 'participant' or (for_role <> 'holder' and not exists (
      select from access.staff s where s.id = for_subject and s.role = for_role and s.state = 'active')) then
    raise exception 'nobody signs in as % %', for_role, for_subject using errcode = 'insufficient_privilege';
  end if;
  insert into access.tokens (digest, role, subject_id, expires_at, idle_seconds, must_change)
    values (digest, for_role, for_subject, ends, idle, must_change);
  return ends;
end $$;

-- Keys live long, so they name the administrator who gave them, who must be one now.
create function access.give_key(digest bytea, participant bigint, prefix text, administrator bigint)
    returns bigint language plpgsql security definer set search_path = pg_catalog as $$
declare key_id bigint;
begin
  if not exists (select from access.staff s
      where s.id = administrator and s.role = 'administrator' and s.state = 'active') then
    raise exception 'only an administrator gives keys' using errcode = 'insufficient_privilege';
  end if;
  insert into access.tokens (digest, role, subject_id, expires_at, prefix, given_by)
    values (digest, 'participant', participant, now() + interval '2 years', prefix, administrator)
    returning id into key_id;
  return key_id;
end $$;

-- Sessions that have been over for a day go; keys stay, as the list of who had one.
create function access.sweep_sessions(at_most int) returns bigint language sql security definer
    set search_path = pg_catalog as $$
  with gone as (delete from access.tokens where digest in (
      select t.digest from access.tokens t where t.expires_at < now() - interval '1 day'
        and t.idle_seconds is not null order by t.expires_at limit least(at_most, 10000)) returning 1)
  select count(*) from gone
$$;
revoke execute on function access.open_session, access.give_key, access.sweep_sessions from public;
grant execute on function access.open_session, access.give_key, access.sweep_sessions to one_card_app;

-- What ended never speaks again.
create function access.refuse_revival() returns trigger language plpgsql as $$
begin
  if old.ended_at is not null and new.ended_at is distinct from old.ended_at then
    raise exception 'a token that ended stays so' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger tokens_forward before update on access.tokens
  for each row execute function access.refuse_revival();

-- A member of staff stays, with one name and one role: roles are never combined, and acts keep their actor.
create function access.refuse_other_role() returns trigger language plpgsql as $$
begin
  if new.id <> old.id or new.sign_in_name <> old.sign_in_name or new.role <> old.role
      or new.last_totp_step < old.last_totp_step then
    raise exception 'staff % keeps name and role, and codes go forward', old.id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger staff_stay before delete or truncate on access.staff
  for each statement execute function ledger.refuse_change();
create trigger staff_forward before update on access.staff
  for each row execute function access.refuse_other_role();

-- A proposal is made undecided, decided once, by somebody else who works here, and its content never changes.
create function access.check_proposal() returns trigger language plpgsql security definer
    set search_path = pg_catalog as $$
begin
  if tg_op = 'INSERT' then
    if new.decision is not null or new.decided_by is not null or new.decided_at is not null then
      raise exception 'a proposal is made undecided' using errcode = 'check_violation';
    end if;
    new.made_at := now();
    return new;
  end if;
  if old.decision is not null then
    raise exception 'proposal % is decided', old.id using errcode = 'check_violation';
  end if;
  if (new.id, new.kind, new.subject, new.content_hash, new.made_by, new.made_at)
      is distinct from (old.id, old.kind, old.subject, old.content_hash, old.made_by, old.made_at) then
    raise exception 'proposal % never changes', old.id using errcode = 'check_violation';
  end if;
  if not exists (select from access.staff s where s.id = new.decided_by and s.state = 'active') then
    raise exception 'proposal % is decided by active staff', old.id using errcode = 'check_violation';
  end if;
  new.decided_at := now();
  return new;
end $$;
create trigger proposals_checked before insert or update on access.proposals
  for each row execute function access.check_proposal();
create trigger proposals_stay before delete or truncate on access.proposals
  for each statement execute function ledger.refuse_change();

-- An auditor looks for one kind of act among all.
create index events_act on audit.events (act, sequence);

-- Rows that change in place.
alter table access.tokens set (fillfactor = 80);
alter table access.holder_secrets set (fillfactor = 70);

grant update (last_seen_at, ended_at) on access.tokens to one_card_app;
grant select, insert, delete, update (tried_at, next_try_at, locked_until, failures)
  on access.sign_in_failures to one_card_app;
grant select, insert, update (password_hash, password_changed_at, must_change, pin_check, pin_changed_at,
  pin_failures) on access.holder_secrets to one_card_app;
grant select, insert (sign_in_name, display_name, role, must_change, password_hash, totp_sealed, created_by),
  update (state, must_change, password_hash, totp_sealed, last_totp_step) on access.staff to one_card_app;
grant select, insert (kind, subject, content_hash, made_by), update (decided_by, decided_at, decision, reason)
  on access.proposals to one_card_app;
