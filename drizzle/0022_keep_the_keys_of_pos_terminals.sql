-- A terminal that speaks ISO 8583 has a master key and working keys; a row decides which of them are good, so that it
-- is the same for every instance of the service, and after a restart.
CREATE TABLE "terminals"."pos_keys" (
	"terminal_id" integer PRIMARY KEY NOT NULL,
	"master_algorithm" text NOT NULL,
	"master_sealed" "bytea" NOT NULL,
	"master_since" timestamp with time zone DEFAULT now() NOT NULL,
	"used_sealed" "bytea",
	"used_mode" text,
	"used_form" text,
	"used_since" timestamp with time zone,
	"offered_sealed" "bytea",
	"offered_at" timestamp with time zone,
	"revision" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "pos_keys_algorithm" CHECK ("terminals"."pos_keys"."master_algorithm" in ('3des', 'sm4')),
	CONSTRAINT "pos_keys_used" CHECK (num_nulls("terminals"."pos_keys"."used_sealed", "terminals"."pos_keys"."used_mode", "terminals"."pos_keys"."used_form", "terminals"."pos_keys"."used_since") in (0, 4)),
	CONSTRAINT "pos_keys_mode" CHECK ("terminals"."pos_keys"."used_mode" in ('cup-ecb', 'x9.19', 'sm4')),
	CONSTRAINT "pos_keys_form" CHECK ("terminals"."pos_keys"."used_form" in ('001', '003', '004')),
	CONSTRAINT "pos_keys_fits" CHECK (("terminals"."pos_keys"."used_mode" = 'sm4') = ("terminals"."pos_keys"."master_algorithm" = 'sm4')),
	CONSTRAINT "pos_keys_offered" CHECK (num_nulls("terminals"."pos_keys"."offered_sealed", "terminals"."pos_keys"."offered_at") in (0, 2))
);
--> statement-breakpoint
ALTER TABLE "terminals"."pos_keys" ADD CONSTRAINT "pos_keys_terminal_id_terminals_id_fk" FOREIGN KEY ("terminal_id") REFERENCES "terminals"."terminals"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- Only what was offered is taken into use, and a new master key ends whatever was sent under the one before.
create function terminals.check_pos_keys() returns trigger language plpgsql as $$
begin
  if new.terminal_id <> old.terminal_id
    or (new.used_sealed is not null and new.used_sealed is distinct from old.used_sealed
      and new.used_sealed is distinct from old.offered_sealed)
    or (new.used_sealed = old.used_sealed
      and (new.used_mode, new.used_form) is distinct from (old.used_mode, old.used_form))
    or (new.master_sealed <> old.master_sealed
      and (new.used_sealed is not null or new.offered_sealed is not null)) then
    raise exception 'the keys of terminal % do not go this way', old.terminal_id using errcode = 'check_violation';
  end if;
  new.revision := old.revision + 1;
  return new;
end $$;
--> statement-breakpoint
create trigger pos_keys_forward before update on terminals.pos_keys
  for each row execute function terminals.check_pos_keys();
--> statement-breakpoint
create trigger pos_keys_stay before delete or truncate on terminals.pos_keys
  for each statement execute function ledger.refuse_change();
--> statement-breakpoint
-- A row changes in place at each sign-on.
alter table terminals.pos_keys set (fillfactor = 50);
--> statement-breakpoint
-- Master keys are set at the machine, by the books' owner.
grant select, update (used_sealed, used_mode, used_form, used_since, offered_sealed, offered_at)
  on terminals.pos_keys to one_card_app;
