CREATE SCHEMA "bills";
--> statement-breakpoint
CREATE TABLE "bills"."day_file_breaks" (
	"utility_id" integer NOT NULL,
	"business_date" date NOT NULL,
	"reference" text NOT NULL,
	"kind" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	CONSTRAINT "day_file_breaks_utility_id_business_date_reference_pk" PRIMARY KEY("utility_id","business_date","reference")
);
--> statement-breakpoint
CREATE TABLE "bills"."day_files" (
	"utility_id" integer NOT NULL,
	"business_date" date NOT NULL,
	"content" text NOT NULL,
	"digest" "bytea" NOT NULL,
	"line_count" integer NOT NULL,
	"amount_fen" bigint NOT NULL,
	"ledger_fen" bigint NOT NULL,
	"made_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"sent_at" timestamp with time zone,
	"next_send_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "day_files_utility_id_business_date_pk" PRIMARY KEY("utility_id","business_date"),
	CONSTRAINT "day_files_digest" CHECK ("bills"."day_files"."digest" = sha256(convert_to("bills"."day_files"."content", 'UTF8')))
);
--> statement-breakpoint
CREATE TABLE "bills"."payments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sequence" bigint GENERATED ALWAYS AS IDENTITY (sequence name "bills"."payments_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"amount_fen" bigint NOT NULL,
	"card_account_id" bigint NOT NULL,
	"card_id" bigint NOT NULL,
	"utility_id" integer NOT NULL,
	"customer_number" text NOT NULL,
	"bill_number" text NOT NULL,
	"period" text,
	"purse" text,
	"terminal_id" integer NOT NULL,
	"batch_number" integer NOT NULL,
	"trace_number" integer NOT NULL,
	"local_time" timestamp(0) NOT NULL,
	"caller_key" uuid NOT NULL,
	"state" text DEFAULT 'reserved' NOT NULL,
	"cancellation" text DEFAULT 'none' NOT NULL,
	"reason" text,
	"refusal" text,
	"entry_id" bigint,
	"paid_on" date,
	"return_entry_id" bigint,
	"returned_on" date,
	"return_tries" smallint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"leased_until" timestamp with time zone NOT NULL,
	"next_drive_at" timestamp with time zone NOT NULL,
	"drives" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "payments_sequence_unique" UNIQUE("sequence"),
	CONSTRAINT "payments_caller_key_unique" UNIQUE("caller_key"),
	CONSTRAINT "payments_amount" CHECK ("bills"."payments"."amount_fen" > 0),
	CONSTRAINT "payments_state" CHECK ("bills"."payments"."state" in
        ('reserved', 'abandoning', 'paid', 'written-off', 'returning', 'returned', 'declined', 'abandoned')),
	CONSTRAINT "payments_cancellation" CHECK ("bills"."payments"."cancellation" in ('none', 'due', 'confirmed', 'refused')),
	CONSTRAINT "payments_reason" CHECK ("bills"."payments"."reason" in ('utility-refused', 'utility-silent', 'caller-gone')),
	CONSTRAINT "payments_taken" CHECK (("bills"."payments"."state" in ('paid', 'written-off', 'returning', 'returned')) = ("bills"."payments"."entry_id" is not null)
        and ("bills"."payments"."entry_id" is null) = ("bills"."payments"."paid_on" is null)),
	CONSTRAINT "payments_given_back" CHECK (("bills"."payments"."state" = 'returned') = ("bills"."payments"."return_entry_id" is not null)
        and ("bills"."payments"."return_entry_id" is null) = ("bills"."payments"."returned_on" is null)
        and ("bills"."payments"."state" in ('returning', 'returned')) = ("bills"."payments"."reason" is not null)),
	CONSTRAINT "payments_asked" CHECK ("bills"."payments"."entry_id" is null or "bills"."payments"."period" is not null),
	CONSTRAINT "payments_declined" CHECK (("bills"."payments"."state" = 'declined') = ("bills"."payments"."refusal" is not null)),
	CONSTRAINT "payments_cancelled" CHECK ("bills"."payments"."cancellation" = 'none' or "bills"."payments"."state" in ('returning', 'returned'))
);
--> statement-breakpoint
CREATE TABLE "bills"."utilities" (
	"participant_id" integer PRIMARY KEY NOT NULL,
	"terminal_id" integer NOT NULL,
	"base_url" text NOT NULL,
	"key_sealed" "bytea" NOT NULL,
	"query_timeout_ms" integer NOT NULL,
	"write_off_timeout_ms" integer NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"since" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "utilities_terminal_id_unique" UNIQUE("terminal_id"),
	CONSTRAINT "utilities_base_url" CHECK ("bills"."utilities"."base_url" ~ '^https?://[^/?#@]+(/[A-Za-z0-9._-]+)*$'),
	CONSTRAINT "utilities_query_timeout" CHECK ("bills"."utilities"."query_timeout_ms" between 50 and 5000),
	CONSTRAINT "utilities_write_off_timeout" CHECK ("bills"."utilities"."write_off_timeout_ms" between 50 and 10000)
);
--> statement-breakpoint
ALTER TABLE "bills"."day_file_breaks" ADD CONSTRAINT "day_file_breaks_utility_id_business_date_day_files_utility_id_business_date_fk" FOREIGN KEY ("utility_id","business_date") REFERENCES "bills"."day_files"("utility_id","business_date") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bills"."day_files" ADD CONSTRAINT "day_files_utility_id_utilities_participant_id_fk" FOREIGN KEY ("utility_id") REFERENCES "bills"."utilities"("participant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bills"."payments" ADD CONSTRAINT "payments_utility_id_utilities_participant_id_fk" FOREIGN KEY ("utility_id") REFERENCES "bills"."utilities"("participant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "payments_bill_once" ON "bills"."payments" USING btree ("utility_id","bill_number") WHERE state not in ('declined', 'abandoned', 'returned');--> statement-breakpoint
CREATE UNIQUE INDEX "payments_trace" ON "bills"."payments" USING btree ("terminal_id","batch_number","trace_number",(local_time::date));--> statement-breakpoint
CREATE INDEX "payments_due" ON "bills"."payments" USING btree ("next_drive_at") WHERE state in ('reserved', 'abandoning', 'paid', 'returning') or cancellation = 'due';--> statement-breakpoint
CREATE INDEX "payments_holder" ON "bills"."payments" USING btree ("card_account_id","sequence");--> statement-breakpoint
CREATE INDEX "payments_paid_on" ON "bills"."payments" USING btree ("utility_id","paid_on");--> statement-breakpoint
CREATE INDEX "payments_returned_on" ON "bills"."payments" USING btree ("utility_id","returned_on") WHERE returned_on is not null;