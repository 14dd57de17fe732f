-- run outside a transaction
-- Keep keys short: of a key's sixteen bytes the unique indexes hold thirteen, which with the bucket fill sixteen: 28 bytes a
-- row instead of 36. A terminal's key has no more that differ; a digest's 96 and 104 bits tell more apart than there will be.

create unique index concurrently if not exists outcomes_business on idempotency.outcomes (substring(uuid_send(business_key), 1, 13), bucket);
create unique index concurrently if not exists outcomes_caller on idempotency.outcomes (substring(uuid_send(caller_key), 4), bucket) where caller_key is not null;

-- The version before finds keys by the old indexes. They say until when they are left to it; the packing of a later day
-- drops them. Where nothing was ever posted nobody needs them.
-- allowed: an empty register is nobody's; otherwise two comments are all that is written.
do $$
declare until text := 'until ' || (now() at time zone 'Asia/Shanghai')::date + 1;
begin
  if exists (select from idempotency.outcomes) then
    execute format('comment on index idempotency.outcomes_business_key is %L', until);
    execute format('comment on index idempotency.outcomes_caller_key is %L', until);
  else
    alter table idempotency.outcomes drop constraint outcomes_business_key;
    drop index idempotency.outcomes_caller_key;
  end if;
end $$;
