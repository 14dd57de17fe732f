CREATE SCHEMA "load_orders";
--> statement-breakpoint
CREATE SCHEMA "medical";
--> statement-breakpoint
CREATE SEQUENCE "load_orders"."ids" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "load_orders"."banks" (
	"participant_id" integer PRIMARY KEY NOT NULL,
	"address" text NOT NULL,
	"client_id" integer NOT NULL,
	"key_sealed" "bytea" NOT NULL,
	CONSTRAINT "banks_address" CHECK ("load_orders"."banks"."address" ~ '^https?://[^/?#]+$')
);
--> statement-breakpoint
CREATE TABLE "load_orders"."bindings" (
	"id" bigint NOT NULL,
	"card_account_id" bigint NOT NULL,
	"bound_by" bigint NOT NULL,
	"bound_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"participant_id" integer NOT NULL,
	"bucket" smallint NOT NULL,
	"account_sealed" "bytea" NOT NULL,
	"account_tail" text NOT NULL,
	"consent_version" text NOT NULL,
	CONSTRAINT "bindings_bucket_id_pk" PRIMARY KEY("bucket","id"),
	CONSTRAINT "bindings_tail" CHECK (length("load_orders"."bindings"."account_tail") = 4)
);
--> statement-breakpoint
CREATE TABLE "load_orders"."mandates" (
	"id" bigint NOT NULL,
	"card_account_id" bigint NOT NULL,
	"threshold_fen" bigint NOT NULL,
	"amount_fen" bigint NOT NULL,
	"consented_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	"per_day_max" integer NOT NULL,
	"bucket" smallint NOT NULL,
	"purse" text DEFAULT 'online' NOT NULL,
	"consent_version" text NOT NULL,
	CONSTRAINT "mandates_bucket_id_pk" PRIMARY KEY("bucket","id"),
	CONSTRAINT "mandates_amounts" CHECK ("load_orders"."mandates"."threshold_fen" > 0 and "load_orders"."mandates"."amount_fen" > 0),
	CONSTRAINT "mandates_per_day" CHECK ("load_orders"."mandates"."per_day_max" between 1 and 10),
	CONSTRAINT "mandates_purse" CHECK ("load_orders"."mandates"."purse" = 'online')
);
--> statement-breakpoint
CREATE TABLE "load_orders"."orders" (
	"id" bigint NOT NULL,
	"card_account_id" bigint NOT NULL,
	"card_id" bigint NOT NULL,
	"binding_id" bigint NOT NULL,
	"mandate_id" bigint,
	"amount_fen" bigint NOT NULL,
	"entry_id" bigint,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"terminal_id" integer NOT NULL,
	"bucket" smallint NOT NULL,
	"caller_key" uuid NOT NULL,
	"purse" text NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	CONSTRAINT "orders_bucket_id_pk" PRIMARY KEY("bucket","id"),
	CONSTRAINT "orders_caller_key" UNIQUE("bucket","caller_key"),
	CONSTRAINT "orders_amount" CHECK ("load_orders"."orders"."amount_fen" > 0),
	CONSTRAINT "orders_state" CHECK ("load_orders"."orders"."state" in ('requested', 'debited', 'loaded', 'refused', 'returning', 'returned', 'failed')),
	CONSTRAINT "orders_loaded" CHECK (("load_orders"."orders"."state" = 'loaded') = ("load_orders"."orders"."entry_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "medical"."institutions" (
	"participant_id" integer NOT NULL,
	"effective_from" date NOT NULL,
	"kind" text NOT NULL,
	"pooled_fund_id" integer,
	"mutual_aid_id" integer,
	CONSTRAINT "institutions_participant_id_effective_from_pk" PRIMARY KEY("participant_id","effective_from"),
	CONSTRAINT "institutions_kind" CHECK ("medical"."institutions"."kind" in ('hospital', 'pharmacy')),
	CONSTRAINT "institutions_payers" CHECK ("medical"."institutions"."pooled_fund_id" <> "medical"."institutions"."mutual_aid_id" and "medical"."institutions"."participant_id" <> "medical"."institutions"."pooled_fund_id" and "medical"."institutions"."participant_id" <> "medical"."institutions"."mutual_aid_id")
);
--> statement-breakpoint
CREATE TABLE "top_up"."agents" (
	"participant_id" integer NOT NULL,
	"per_day_fen" bigint NOT NULL,
	"used_fen" bigint DEFAULT 0 NOT NULL,
	"day" date NOT NULL,
	"bucket" smallint NOT NULL,
	CONSTRAINT "agents_bucket_participant_id_pk" PRIMARY KEY("bucket","participant_id"),
	CONSTRAINT "agents_limit" CHECK ("top_up"."agents"."per_day_fen" > 0),
	CONSTRAINT "agents_used" CHECK ("top_up"."agents"."used_fen" >= 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX "bindings_one_active" ON "load_orders"."bindings" USING btree ("bucket","card_account_id") WHERE ended_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "mandates_one_active" ON "load_orders"."mandates" USING btree ("bucket","card_account_id") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "mandates_active" ON "load_orders"."mandates" USING btree ("id") WHERE revoked_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "orders_one_open_a_mandate" ON "load_orders"."orders" USING btree ("bucket","mandate_id") WHERE state in ('requested', 'debited', 'returning');--> statement-breakpoint
CREATE INDEX "orders_due" ON "load_orders"."orders" USING btree ("due_at") WHERE state in ('requested', 'debited', 'returning');--> statement-breakpoint
CREATE INDEX "orders_failed" ON "load_orders"."orders" USING btree ("id") WHERE state = 'failed';--> statement-breakpoint
CREATE INDEX "orders_of_mandate" ON "load_orders"."orders" USING btree ("bucket","mandate_id","id");