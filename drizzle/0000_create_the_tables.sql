CREATE SCHEMA "access";
--> statement-breakpoint
CREATE SCHEMA "cards";
--> statement-breakpoint
CREATE SCHEMA "idempotency";
--> statement-breakpoint
CREATE SCHEMA "ledger";
--> statement-breakpoint
CREATE SCHEMA "participants";
--> statement-breakpoint
CREATE SCHEMA "platform";
--> statement-breakpoint
CREATE SCHEMA "settlement";
--> statement-breakpoint
CREATE SCHEMA "terminals";
--> statement-breakpoint
CREATE SCHEMA "shops";
--> statement-breakpoint
CREATE SCHEMA "top_up";
--> statement-breakpoint
CREATE SCHEMA "transit";
--> statement-breakpoint
CREATE TABLE "access"."tokens" (
	"digest" "bytea" PRIMARY KEY NOT NULL,
	"role" text NOT NULL,
	"subject_id" bigint,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "tokens_role" CHECK ("access"."tokens"."role" in ('holder', 'finance')),
	CONSTRAINT "tokens_subject" CHECK (("access"."tokens"."role" = 'holder') = ("access"."tokens"."subject_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "cards"."card_accounts" (
	"id" bigint NOT NULL,
	"person_id" bigint NOT NULL,
	"bucket" smallint NOT NULL,
	CONSTRAINT "card_accounts_bucket_id_pk" PRIMARY KEY("bucket","id"),
	CONSTRAINT "card_accounts_bucket" CHECK ("cards"."card_accounts"."bucket" between 0 and 255)
);
--> statement-breakpoint
CREATE TABLE "cards"."persons" (
	"id" bigint PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cards"."cards" (
	"id" bigint NOT NULL,
	"card_account_id" bigint NOT NULL,
	"expires_on" date NOT NULL,
	"bucket" smallint NOT NULL,
	"number_digest" "bytea" NOT NULL,
	"number_tail" text NOT NULL,
	"product" text NOT NULL,
	"status" text NOT NULL,
	CONSTRAINT "cards_bucket_id_pk" PRIMARY KEY("bucket","id"),
	CONSTRAINT "cards_number_digest" UNIQUE("number_digest","bucket"),
	CONSTRAINT "cards_status" CHECK ("cards"."cards"."status" in ('active', 'not-active', 'lost', 'locked', 'closed')),
	CONSTRAINT "cards_tail" CHECK (length("cards"."cards"."number_tail") = 4)
);
--> statement-breakpoint
CREATE TABLE "idempotency"."outcomes" (
	"id" bigint NOT NULL,
	"card_id" bigint NOT NULL,
	"amount_fen" bigint,
	"original_id" bigint,
	"local_time" timestamp NOT NULL,
	"business_date" date NOT NULL,
	"bucket" smallint NOT NULL,
	"kind" smallint NOT NULL,
	"sector" smallint NOT NULL,
	"business_key" uuid NOT NULL,
	"caller_key" uuid,
	"refusal" text,
	"detail" text,
	CONSTRAINT "outcomes_bucket_id_pk" PRIMARY KEY("bucket","id"),
	CONSTRAINT "outcomes_business_key" UNIQUE("business_key","bucket"),
	CONSTRAINT "outcomes_caller_key" UNIQUE("caller_key","bucket")
);
--> statement-breakpoint
CREATE TABLE "ledger"."accounts" (
	"id" bigint NOT NULL,
	"owner_id" bigint NOT NULL,
	"balance_fen" bigint,
	"held_fen" bigint DEFAULT 0 NOT NULL,
	"floor_fen" bigint,
	"last_entry_id" bigint DEFAULT 0 NOT NULL,
	"bucket" smallint NOT NULL,
	"code" smallint NOT NULL,
	CONSTRAINT "accounts_bucket_id_pk" PRIMARY KEY("bucket","id"),
	CONSTRAINT "accounts_floor" CHECK ("ledger"."accounts"."floor_fen" is null or "ledger"."accounts"."balance_fen" - "ledger"."accounts"."held_fen" >= "ledger"."accounts"."floor_fen"),
	CONSTRAINT "accounts_held" CHECK ("ledger"."accounts"."held_fen" >= 0),
	CONSTRAINT "accounts_code" CHECK ("ledger"."accounts"."id" = "ledger"."accounts"."owner_id" * 16 + "ledger"."accounts"."code" and "ledger"."accounts"."code" between 0 and 15)
);
--> statement-breakpoint
CREATE TABLE "ledger"."business_days" (
	"business_date" date PRIMARY KEY NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "business_days_order" CHECK ("ledger"."business_days"."closed_at" is null or "ledger"."business_days"."closed_at" >= "ledger"."business_days"."opened_at")
);
--> statement-breakpoint
CREATE TABLE "ledger"."corrections" (
	"entry_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"original_fen" bigint NOT NULL,
	"returned_fen" bigint NOT NULL,
	"bucket" smallint NOT NULL,
	CONSTRAINT "corrections_bucket_entry_id_account_id_pk" PRIMARY KEY("bucket","entry_id","account_id"),
	CONSTRAINT "corrections_within_original" CHECK ("ledger"."corrections"."returned_fen" >= 0 and "ledger"."corrections"."returned_fen" <= "ledger"."corrections"."original_fen")
);
--> statement-breakpoint
CREATE TABLE "ledger"."day_seals" (
	"business_date" date NOT NULL,
	"lane" smallint NOT NULL,
	"sequence" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "day_seals_business_date_lane_pk" PRIMARY KEY("business_date","lane")
);
--> statement-breakpoint
CREATE TABLE "ledger"."day_totals" (
	"account_id" bigint NOT NULL,
	"debit_fen" bigint NOT NULL,
	"credit_fen" bigint NOT NULL,
	"debit_count" integer NOT NULL,
	"credit_count" integer NOT NULL,
	"business_date" date NOT NULL,
	"bucket" smallint NOT NULL,
	"lane" smallint NOT NULL,
	CONSTRAINT "day_totals_bucket_business_date_account_id_lane_pk" PRIMARY KEY("bucket","business_date","account_id","lane"),
	CONSTRAINT "day_totals_signs" CHECK ("ledger"."day_totals"."debit_fen" >= 0 and "ledger"."day_totals"."credit_fen" >= 0)
);
--> statement-breakpoint
CREATE TABLE "ledger"."entries" (
	"owner_id" bigint NOT NULL,
	"id" bigint NOT NULL,
	"original_id" bigint,
	"business_date" date NOT NULL,
	"participant_id" integer NOT NULL,
	"terminal_id" integer NOT NULL,
	"bucket" smallint NOT NULL,
	"kind" smallint NOT NULL,
	"sector" smallint NOT NULL,
	CONSTRAINT "entries_bucket_owner_id_id_pk" PRIMARY KEY("bucket","owner_id","id")
);
--> statement-breakpoint
CREATE TABLE "ledger"."groups" (
	"sequence" bigint NOT NULL,
	"first_id" bigint NOT NULL,
	"outcome_count" integer NOT NULL,
	"business_date" date NOT NULL,
	"bucket" smallint NOT NULL,
	"lane" smallint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "groups_bucket_lane_sequence_pk" PRIMARY KEY("bucket","lane","sequence")
);
--> statement-breakpoint
CREATE TABLE "ledger"."holds" (
	"entry_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"owner_id" bigint NOT NULL,
	"amount_fen" bigint NOT NULL,
	"captured_fen" bigint DEFAULT 0 NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"bucket" smallint NOT NULL,
	"state" smallint NOT NULL,
	CONSTRAINT "holds_bucket_entry_id_account_id_pk" PRIMARY KEY("bucket","entry_id","account_id"),
	CONSTRAINT "holds_amount" CHECK ("ledger"."holds"."amount_fen" > 0),
	CONSTRAINT "holds_captured" CHECK ("ledger"."holds"."captured_fen" >= 0 and "ledger"."holds"."captured_fen" <= "ledger"."holds"."amount_fen"),
	CONSTRAINT "holds_state" CHECK ("ledger"."holds"."state" between 1 and 4)
);
--> statement-breakpoint
CREATE TABLE "ledger"."lanes" (
	"lane" smallint PRIMARY KEY NOT NULL,
	"bucket" smallint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger"."postings" (
	"entry_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"amount_fen" bigint NOT NULL,
	"balance_fen" bigint,
	"business_date" date NOT NULL,
	"bucket" smallint NOT NULL,
	CONSTRAINT "postings_bucket_entry_id_account_id_pk" PRIMARY KEY("bucket","entry_id","account_id"),
	CONSTRAINT "postings_amount" CHECK ("ledger"."postings"."amount_fen" <> 0)
);
--> statement-breakpoint
CREATE TABLE "participants"."participants" (
	"id" integer PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"name_en" text NOT NULL,
	"sector" text NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	CONSTRAINT "participants_id" CHECK ("participants"."participants"."id" between 1 and 999999)
);
--> statement-breakpoint
CREATE TABLE "platform"."data_set" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"key_check_value" text
);
--> statement-breakpoint
CREATE TABLE "platform"."reference_version" (
	"version" bigint PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settlement"."nets" (
	"business_date" date NOT NULL,
	"participant_id" integer NOT NULL,
	"credit_fen" bigint NOT NULL,
	"debit_fen" bigint NOT NULL,
	"credit_count" integer NOT NULL,
	"debit_count" integer NOT NULL,
	CONSTRAINT "nets_business_date_participant_id_pk" PRIMARY KEY("business_date","participant_id")
);
--> statement-breakpoint
CREATE TABLE "settlement"."seals" (
	"business_date" date PRIMARY KEY NOT NULL,
	"sealed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "terminals"."terminals" (
	"id" integer PRIMARY KEY NOT NULL,
	"participant_id" integer NOT NULL,
	"sector" text NOT NULL,
	"allowed_kinds" text[] NOT NULL,
	"batch_number" integer DEFAULT 1 NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"key_sealed" "bytea" NOT NULL,
	CONSTRAINT "terminals_id" CHECK ("terminals"."terminals"."id" between 1 and 99999999),
	CONSTRAINT "terminals_batch" CHECK ("terminals"."terminals"."batch_number" between 1 and 999999)
);
--> statement-breakpoint
CREATE TABLE "shops"."limits" (
	"product" text NOT NULL,
	"effective_from" date NOT NULL,
	"per_payment_fen" bigint NOT NULL,
	"per_day_fen" bigint NOT NULL,
	CONSTRAINT "limits_product_effective_from_pk" PRIMARY KEY("product","effective_from"),
	CONSTRAINT "limits_order" CHECK (0 < "shops"."limits"."per_payment_fen" and "shops"."limits"."per_payment_fen" <= "shops"."limits"."per_day_fen")
);
--> statement-breakpoint
CREATE TABLE "shops"."spending" (
	"card_account_id" bigint NOT NULL,
	"spent_fen" bigint NOT NULL,
	"day" date NOT NULL,
	"bucket" smallint NOT NULL,
	CONSTRAINT "spending_bucket_card_account_id_pk" PRIMARY KEY("bucket","card_account_id"),
	CONSTRAINT "spending_sign" CHECK ("shops"."spending"."spent_fen" >= 0)
);
--> statement-breakpoint
CREATE TABLE "top_up"."rules" (
	"participant_id" integer NOT NULL,
	"purse" text NOT NULL,
	"effective_from" date NOT NULL,
	"per_load_fen" bigint NOT NULL,
	"balance_max_fen" bigint NOT NULL,
	CONSTRAINT "rules_participant_id_purse_effective_from_pk" PRIMARY KEY("participant_id","purse","effective_from"),
	CONSTRAINT "rules_order" CHECK (0 < "top_up"."rules"."per_load_fen" and "top_up"."rules"."per_load_fen" <= "top_up"."rules"."balance_max_fen")
);
--> statement-breakpoint
CREATE TABLE "transit"."taps" (
	"card_account_id" bigint NOT NULL,
	"tapped_at_ms" bigint NOT NULL,
	"entry_id" bigint NOT NULL,
	"bucket" smallint NOT NULL,
	CONSTRAINT "taps_bucket_card_account_id_pk" PRIMARY KEY("bucket","card_account_id")
);
--> statement-breakpoint
CREATE TABLE "transit"."tariffs" (
	"participant_id" integer NOT NULL,
	"line" text NOT NULL,
	"effective_from" date NOT NULL,
	"fare_fen" bigint NOT NULL,
	"transfer_rate" text NOT NULL,
	"transfer_window_minutes" integer NOT NULL,
	CONSTRAINT "tariffs_participant_id_line_effective_from_pk" PRIMARY KEY("participant_id","line","effective_from"),
	CONSTRAINT "tariffs_fare" CHECK ("transit"."tariffs"."fare_fen" > 0 and "transit"."tariffs"."transfer_window_minutes" >= 0),
	CONSTRAINT "tariffs_rate" CHECK ("transit"."tariffs"."transfer_rate" ~ '^(0|1)(\.[0-9]{1,6})?$')
);
--> statement-breakpoint
ALTER TABLE "ledger"."day_seals" ADD CONSTRAINT "day_seals_business_date_business_days_business_date_fk" FOREIGN KEY ("business_date") REFERENCES "ledger"."business_days"("business_date") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "holds_open" ON "ledger"."holds" USING btree ("bucket","account_id") WHERE state = 1;--> statement-breakpoint
CREATE INDEX "holds_due" ON "ledger"."holds" USING btree ("expires_at") WHERE state = 1;