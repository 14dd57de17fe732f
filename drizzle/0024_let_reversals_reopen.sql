-- Let reversals reopen: a capture or a void that was reversed stands as if it had never been, and nothing else goes back.

ALTER TABLE "ledger"."holds" ADD COLUMN "freed_fen" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "ledger"."holds" ADD COLUMN "ended_by" bigint;--> statement-breakpoint
ALTER TABLE "ledger"."holds" DROP CONSTRAINT "holds_captured";--> statement-breakpoint
ALTER TABLE "ledger"."holds" ADD CONSTRAINT "holds_captured" CHECK ("ledger"."holds"."captured_fen" >= 0 and "ledger"."holds"."freed_fen" >= 0
        and "ledger"."holds"."captured_fen" + "ledger"."holds"."freed_fen" <= "ledger"."holds"."amount_fen");--> statement-breakpoint
ALTER TABLE "ledger"."holds" ADD CONSTRAINT "holds_ended" CHECK ("ledger"."holds"."ended_by" is null or "ledger"."holds"."state" in (2, 3));--> statement-breakpoint

-- What ended the holds there are: of each authorisation the one void, reversal or last capture. A hold that was
-- captured in full before that was not open any more, and is marked by nothing.
alter table ledger.holds disable trigger holds_forward;--> statement-breakpoint
update ledger.holds h set ended_by = e.id
  from ledger.entries e
  where e.bucket = h.bucket and e.owner_id = h.owner_id and e.original_id = h.entry_id
    and ((h.state = 3 and e.kind in (5, 7))
      or (h.state = 2 and e.kind = 4
        and (h.captured_fen < h.amount_fen
          or exists (select from ledger.postings p
            where p.bucket = e.bucket and p.entry_id = e.id and p.account_id = h.account_id))
        and exists (select from idempotency.outcomes o
          where o.bucket = e.bucket and o.id = e.id and o.detail ~ '(^|;)final=1(;|$)')));--> statement-breakpoint
alter table ledger.holds enable trigger holds_forward;--> statement-breakpoint

grant update (freed_fen, ended_by) on ledger.holds to one_card_app;--> statement-breakpoint

-- A hold goes forward: it is captured further, and ends once. It goes back only as far as a reversal in the journal
-- says: what is captured is then recomputed from the journal, and an end that is taken off was reversed.
create or replace function ledger.refuse_reopen_hold() returns trigger language plpgsql as $$
declare taken bigint; reversals bigint; capture_reversed boolean; end_reversed boolean;
begin
  if new is not distinct from old then
    return new;
  end if;
  if new.amount_fen <> old.amount_fen or new.freed_fen < old.freed_fen
    or (old.state <> 1 and new.expires_at <> old.expires_at)
    or (old.state = 4 and (new.state <> 4 or new.freed_fen <> old.freed_fen)) then
    raise exception 'hold % is finished', old.entry_id using errcode = 'check_violation';
  end if;
  if old.state = 1 and new.captured_fen >= old.captured_fen and new.freed_fen = old.freed_fen then
    return new;
  end if;
  with followers as (
      select id, kind, id as moved_by from ledger.entries
      where bucket = old.bucket and owner_id = old.owner_id and id > old.entry_id and original_id = old.entry_id),
    undone as (
      select f.id, f.kind, r.id as moved_by from followers f
      join ledger.entries r on r.bucket = old.bucket and r.owner_id = old.owner_id and r.original_id = f.id
      where r.kind = 7 and f.kind in (4, 5))
  select
      coalesce((select -sum(p.amount_fen)
        from (select * from followers where kind = 4 union all select * from undone where kind = 4) m
        join ledger.postings p on p.bucket = old.bucket and p.entry_id = m.moved_by and p.account_id = old.account_id), 0),
      (select count(*) from undone),
      exists (select from undone where kind = 4),
      exists (select from undone where id = old.ended_by)
    into taken, reversals, capture_reversed, end_reversed;
  if reversals = 0 or new.captured_fen <> taken
    or (old.ended_by is not null and new.ended_by is distinct from old.ended_by and not end_reversed)
    or (old.state in (2, 3) and new.state <> old.state and not end_reversed
      and not (old.ended_by is null and capture_reversed)) then
    raise exception 'hold % is finished', old.entry_id using errcode = 'check_violation';
  end if;
  return new;
end $$;--> statement-breakpoint

-- A correction grows; it shrinks only where what gave back was reversed, to what the journal then says went back.
create or replace function ledger.refuse_unreturn() returns trigger language plpgsql as $$
declare owner bigint; back bigint;
begin
  if new.original_fen = old.original_fen and new.returned_fen >= old.returned_fen then
    return new;
  end if;
  select account_id >> 4 into owner from ledger.postings
    where bucket = old.bucket and entry_id = old.entry_id and account_id >= 16000000 limit 1;
  with given_back as (
      select id, kind, id as moved_by from ledger.entries
      where bucket = old.bucket and owner_id = owner and id > old.entry_id and original_id = old.entry_id
        and kind in (5, 6, 7, 8)),
    undone as (
      select f.id, f.kind, r.id as moved_by from given_back f
      join ledger.entries r on r.bucket = old.bucket and r.owner_id = owner and r.original_id = f.id
      where r.kind = 7 and f.kind = 5)
  select abs(coalesce(sum(p.amount_fen), 0)) into back
    from (select * from given_back union all select * from undone) m
    join ledger.postings p on p.bucket = old.bucket and p.entry_id = m.moved_by and p.account_id = old.account_id;
  if owner is null or new.original_fen <> old.original_fen or new.returned_fen <> back
    or not exists (
      select from ledger.entries v join ledger.entries r
        on r.bucket = v.bucket and r.owner_id = v.owner_id and r.original_id = v.id and r.kind = 7
      where v.bucket = old.bucket and v.owner_id = owner and v.original_id = old.entry_id and v.kind = 5) then
    raise exception 'a correction of entry % may only grow', old.entry_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
