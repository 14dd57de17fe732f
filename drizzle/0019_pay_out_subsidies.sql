CREATE SCHEMA "disbursements";
--> statement-breakpoint
CREATE SCHEMA "subsidies";
--> statement-breakpoint
CREATE TABLE "disbursements"."batches" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "disbursements"."batches_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"programme" text NOT NULL,
	"period" text NOT NULL,
	"participant_id" integer NOT NULL,
	"terminal_id" integer NOT NULL,
	"purse" text NOT NULL,
	"file_digest" "bytea" NOT NULL,
	"line_count" integer NOT NULL,
	"total_fen" bigint NOT NULL,
	"state" text NOT NULL,
	"round" smallint NOT NULL,
	"imported_at" timestamp with time zone NOT NULL,
	"imported_by" bigint NOT NULL,
	"made_by" bigint NOT NULL,
	"published_from" date,
	"published_until" date,
	"proposal_id" bigint,
	"proposed_by" bigint,
	"approved_by" bigint,
	"approved_digest" "bytea",
	CONSTRAINT "batches_state" CHECK ("disbursements"."batches"."state" in ('imported', 'published', 'proposed', 'returned', 'approved', 'running', 'paid', 'partly-paid', 'corrected', 'withdrawn')),
	CONSTRAINT "batches_second_person" CHECK ("disbursements"."batches"."approved_by" is null or ("disbursements"."batches"."approved_by" <> "disbursements"."batches"."imported_by" and "disbursements"."batches"."approved_by" <> "disbursements"."batches"."made_by" and "disbursements"."batches"."approved_by" <> "disbursements"."batches"."proposed_by")),
	CONSTRAINT "batches_approved" CHECK ("disbursements"."batches"."state" not in ('approved', 'running', 'paid', 'partly-paid') or ("disbursements"."batches"."approved_by" is not null and "disbursements"."batches"."proposed_by" is not null and "disbursements"."batches"."approved_digest" is not null)),
	CONSTRAINT "batches_total" CHECK ("disbursements"."batches"."total_fen" >= 0 and "disbursements"."batches"."line_count" >= 0)
);
--> statement-breakpoint
CREATE TABLE "disbursements"."lines" (
	"batch_id" bigint NOT NULL,
	"line_no" integer NOT NULL,
	"attempt" smallint NOT NULL,
	"state" text NOT NULL,
	"cause" text,
	"amount_fen" bigint,
	"card_account_id" bigint,
	"card_id" bigint,
	"entry_id" bigint,
	"paid_on" date,
	"card_tail" text,
	"programme" text NOT NULL,
	"period" text NOT NULL,
	"id_number_digest" "bytea",
	"claim" "bytea",
	"name_sealed" "bytea",
	CONSTRAINT "lines_batch_id_line_no_pk" PRIMARY KEY("batch_id","line_no"),
	CONSTRAINT "lines_state" CHECK ("disbursements"."lines"."state" in ('ready', 'failed', 'paid', 'withdrawn')),
	CONSTRAINT "lines_cause" CHECK (("disbursements"."lines"."state" = 'failed') = ("disbursements"."lines"."cause" is not null)),
	CONSTRAINT "lines_payee" CHECK ("disbursements"."lines"."state" not in ('ready', 'paid') or ("disbursements"."lines"."amount_fen" > 0 and "disbursements"."lines"."card_account_id" is not null and "disbursements"."lines"."card_id" is not null and "disbursements"."lines"."claim" is not null)),
	CONSTRAINT "lines_paid" CHECK (("disbursements"."lines"."state" = 'paid') = ("disbursements"."lines"."paid_on" is not null)),
	CONSTRAINT "lines_entry" CHECK ("disbursements"."lines"."state" <> 'paid' or "disbursements"."lines"."entry_id" is not null)
);
--> statement-breakpoint
CREATE TABLE "disbursements"."programmes" (
	"code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"name_en" text NOT NULL,
	"participant_id" integer NOT NULL,
	"terminal_id" integer NOT NULL,
	"purse" text NOT NULL,
	"per_line_max_fen" bigint NOT NULL,
	"publication_days" smallint NOT NULL,
	"active" boolean NOT NULL,
	CONSTRAINT "programmes_purse" CHECK ("disbursements"."programmes"."purse" in ('subsidy', 'farm-subsidy', 'elder-care')),
	CONSTRAINT "programmes_per_line" CHECK ("disbursements"."programmes"."per_line_max_fen" > 0),
	CONSTRAINT "programmes_publication" CHECK ("disbursements"."programmes"."publication_days" between 0 and 90)
);
--> statement-breakpoint
CREATE TABLE "subsidies"."terms" (
	"participant_id" integer NOT NULL,
	"programme" text NOT NULL,
	"purse" text NOT NULL,
	"per_payment_fen" bigint NOT NULL,
	"active" boolean NOT NULL,
	CONSTRAINT "terms_participant_id_programme_pk" PRIMARY KEY("participant_id","programme"),
	CONSTRAINT "terms_purse" CHECK ("subsidies"."terms"."purse" in ('subsidy', 'farm-subsidy', 'elder-care')),
	CONSTRAINT "terms_per_payment" CHECK ("subsidies"."terms"."per_payment_fen" > 0)
);
--> statement-breakpoint
ALTER TABLE "disbursements"."batches" ADD CONSTRAINT "batches_programme_programmes_code_fk" FOREIGN KEY ("programme") REFERENCES "disbursements"."programmes"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disbursements"."lines" ADD CONSTRAINT "lines_batch_id_batches_id_fk" FOREIGN KEY ("batch_id") REFERENCES "disbursements"."batches"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "batches_file" ON "disbursements"."batches" USING btree ("programme","period","file_digest") WHERE "disbursements"."batches"."state" <> 'withdrawn';--> statement-breakpoint
CREATE INDEX "batches_running" ON "disbursements"."batches" USING btree ("id") WHERE "disbursements"."batches"."state" = 'running';--> statement-breakpoint
CREATE UNIQUE INDEX "lines_once" ON "disbursements"."lines" USING btree ("claim","programme","period") WHERE "disbursements"."lines"."claim" is not null;--> statement-breakpoint
CREATE INDEX "lines_card_account" ON "disbursements"."lines" USING btree ("card_account_id","batch_id","line_no");