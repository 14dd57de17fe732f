-- Guard the disbursements: what was approved is what is paid, by another person than made it, to each person once.

create trigger subsidies_terms_version after insert or update or delete or truncate on subsidies.terms
  for each statement execute function platform.raise_reference_version();

-- A line is added while its batch is being imported, and not later.
create function disbursements.check_new_lines() returns trigger language plpgsql as $$
begin
  if exists (select from new_rows n join disbursements.batches b on b.id = n.batch_id where b.state <> 'imported') then
    raise exception 'a batch takes lines only while it is imported' using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger lines_check_new after insert on disbursements.lines
  referencing new table as new_rows for each statement execute function disbursements.check_new_lines();

-- Once a batch is approved, whom a line pays and how much stays; a paid line stays altogether; a line is paid only
-- while its batch runs. One look per statement, so it costs per group of lines, not per line.
-- Its plan is kept from its first use, which may have been one line: a nested loop would then never end on a large one.
create function disbursements.check_lines() returns trigger language plpgsql set enable_nestloop = off as $$
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
end $$;
create trigger lines_check after update on disbursements.lines
  referencing old table as old_rows new table as new_rows
  for each statement execute function disbursements.check_lines();
create trigger lines_stay before delete or truncate on disbursements.lines
  for each statement execute function ledger.refuse_change();

-- A batch goes forward: what it is of stays, only what was proposed is approved, only what was approved runs, and an
-- approval ends with a new round and in no other way.
create function disbursements.check_batch() returns trigger language plpgsql as $$
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
end $$;
create trigger batches_forward before update on disbursements.batches
  for each row execute function disbursements.check_batch();
create trigger batches_stay before delete or truncate on disbursements.batches
  for each statement execute function ledger.refuse_change();

-- Whom a programme is paid by, and into which purse, stays: batches were approved for those.
create function disbursements.check_programme() returns trigger language plpgsql as $$
begin
  if (old.code, old.participant_id, old.terminal_id, old.purse) is distinct from
     (new.code, new.participant_id, new.terminal_id, new.purse) then
    raise exception 'programme % keeps its agency, terminal and purse', old.code using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger programmes_keep before update on disbursements.programmes
  for each row execute function disbursements.check_programme();
create trigger programmes_stay before delete or truncate on disbursements.programmes
  for each statement execute function ledger.refuse_change();

-- A line's state changes once or twice; it stays on its page (heap-only updates).
alter table disbursements.lines set (fillfactor = 80);

grant usage on schema subsidies, disbursements to one_card_app;
grant select on subsidies.terms, disbursements.programmes, disbursements.batches, disbursements.lines to one_card_app;
grant insert, update (per_payment_fen, active) on subsidies.terms to one_card_app;
grant insert, update (name, name_en, per_line_max_fen, publication_days, active) on disbursements.programmes
  to one_card_app;
grant insert, update (total_fen, state, round, made_by, published_from, published_until, proposal_id, proposed_by,
  approved_by, approved_digest) on disbursements.batches to one_card_app;
grant insert, update (attempt, state, cause, amount_fen, id_number_digest, claim, name_sealed, card_account_id,
  card_id, card_tail, entry_id, paid_on) on disbursements.lines to one_card_app;
