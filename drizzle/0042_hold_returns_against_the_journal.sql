-- Hold returns against the journal: what is said to have gone back of a leg, when some went back before, is what the
-- entries say that went back, and not only no less than before. A group that had read too little of it could give the
-- same money back twice; it fails now. Returns after the first are few, and a look costs some probes of an index.

create or replace function ledger.refuse_unreturn() returns trigger language plpgsql
  set plan_cache_mode = force_custom_plan as $$
declare owner bigint; back bigint; day date;
begin
  select business_date into day from idempotency.outcomes where bucket = old.bucket and id = old.entry_id;
  select account_id >> 4 into owner from ledger.postings
    where business_date = day and bucket = old.bucket and entry_id = old.entry_id and account_id >= 16000000 limit 1;
  with given_back as (
      select id, kind, id as moved_by, business_date as moved_on from ledger.entries
      where business_date >= day and bucket = old.bucket and owner_id = owner and id > old.entry_id
        and original_id = old.entry_id and kind in (5, 6, 7, 8)),
    undone as (
      select f.id, f.kind, r.id as moved_by, r.business_date as moved_on from given_back f
      join ledger.entries r on r.business_date >= day and r.bucket = old.bucket and r.owner_id = owner
        and r.original_id = f.id
      where r.kind = 7 and f.kind = 5)
  select abs(coalesce(sum(p.amount_fen), 0)) into back
    from (select * from given_back union all select * from undone) m
    join ledger.postings p on p.business_date = m.moved_on and p.bucket = old.bucket and p.entry_id = m.moved_by
      and p.account_id = old.account_id
    where p.business_date >= day;
  if new.original_fen = old.original_fen and new.returned_fen = back and owner is not null
    and (new.returned_fen > old.returned_fen
      or exists (
        select from ledger.entries v join ledger.entries r
          on r.business_date >= v.business_date and r.bucket = v.bucket and r.owner_id = v.owner_id
          and r.original_id = v.id and r.kind = 7
        where v.business_date >= day and v.bucket = old.bucket and v.owner_id = owner and v.original_id = old.entry_id
          and v.kind = 5 and r.business_date >= day)) then
    return new;
  end if;
  raise exception 'what went back of entry % is what the journal says', old.entry_id using errcode = 'check_violation';
end $$;
