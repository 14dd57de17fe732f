CREATE SEQUENCE "cards"."card_account_ids" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 10000000 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "cards"."card_ids" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 10000000 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "cards"."person_ids" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 10000000 CACHE 1;--> statement-breakpoint
CREATE TABLE "cards"."applications" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "cards"."applications_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"person_id" bigint NOT NULL,
	"applied_at" timestamp with time zone DEFAULT now() NOT NULL,
	"card_id" bigint,
	"product" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cards"."events" (
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "cards"."events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"card_id" bigint NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"actor_id" bigint NOT NULL,
	"bucket" smallint NOT NULL,
	"step" text NOT NULL,
	"from_status" text,
	"to_status" text NOT NULL,
	"actor_kind" text NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "events_bucket_card_id_id_pk" PRIMARY KEY("bucket","card_id","id"),
	CONSTRAINT "events_actor" CHECK ("cards"."events"."actor_kind" in ('holder', 'staff', 'participant', 'terminal', 'system')),
	CONSTRAINT "events_reason" CHECK (length("cards"."events"."reason") <= 200)
);
--> statement-breakpoint
CREATE TABLE "cards"."held_products" (
	"person_id" bigint NOT NULL,
	"card_account_id" bigint NOT NULL,
	"issue_file_id" bigint,
	"product" text NOT NULL,
	CONSTRAINT "held_products_person_id_product_pk" PRIMARY KEY("person_id","product")
);
--> statement-breakpoint
CREATE TABLE "cards"."hot_changes" (
	"version" bigint PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"mark" "bytea" NOT NULL,
	"op" text NOT NULL,
	"cause" text NOT NULL,
	CONSTRAINT "hot_changes_op" CHECK ("cards"."hot_changes"."op" in ('add', 'remove')),
	CONSTRAINT "hot_changes_cause" CHECK ("cards"."hot_changes"."cause" in ('temporarily-lost', 'lost', 'locked', 'replaced', 'closed', 'expired')),
	CONSTRAINT "hot_changes_mark_length" CHECK (length("cards"."hot_changes"."mark") = 8)
);
--> statement-breakpoint
CREATE TABLE "cards"."hot_list_terminals" (
	"terminal_id" integer PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cards"."issue_errors" (
	"file_id" bigint NOT NULL,
	"line" integer NOT NULL,
	"code" text NOT NULL,
	CONSTRAINT "issue_errors_file_id_line_pk" PRIMARY KEY("file_id","line")
);
--> statement-breakpoint
CREATE TABLE "cards"."issue_files" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "cards"."issue_files_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"lines_total" integer NOT NULL,
	"lines_done" integer DEFAULT 0 NOT NULL,
	"issued" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"digest" "bytea" NOT NULL,
	"name" text NOT NULL,
	CONSTRAINT "issue_files_digest" UNIQUE("digest"),
	CONSTRAINT "issue_files_done" CHECK ("cards"."issue_files"."lines_done" between 0 and "cards"."issue_files"."lines_total"),
	CONSTRAINT "issue_files_sum" CHECK ("cards"."issue_files"."issued" + "cards"."issue_files"."failed" = "cards"."issue_files"."lines_done")
);
--> statement-breakpoint
CREATE TABLE "cards"."products" (
	"code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"name_en" text NOT NULL,
	"temporary_loss_days" integer NOT NULL,
	"validity_years" integer NOT NULL,
	"purses" text[] NOT NULL,
	CONSTRAINT "products_code" CHECK ("cards"."products"."code" ~ '^[a-z][a-z-]{0,31}$'),
	CONSTRAINT "products_temporary_loss" CHECK ("cards"."products"."temporary_loss_days" between 1 and 90),
	CONSTRAINT "products_validity" CHECK ("cards"."products"."validity_years" between 1 and 30),
	CONSTRAINT "products_purses" CHECK (cardinality("cards"."products"."purses") between 1 and 16)
);
--> statement-breakpoint
ALTER TABLE "cards"."cards" DROP CONSTRAINT "cards_status";--> statement-breakpoint
ALTER TABLE "cards"."persons" ADD COLUMN "id_number_digest" "bytea";--> statement-breakpoint
ALTER TABLE "cards"."persons" ADD COLUMN "id_number_sealed" "bytea";--> statement-breakpoint
ALTER TABLE "cards"."persons" ADD COLUMN "name_sealed" "bytea";--> statement-breakpoint
ALTER TABLE "cards"."cards" ADD COLUMN "lifts_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "cards"."cards" ADD COLUMN "hot_mark" "bytea";--> statement-breakpoint
ALTER TABLE "cards"."cards" ADD COLUMN "issue_file_id" bigint;--> statement-breakpoint
CREATE INDEX "applications_person" ON "cards"."applications" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "hot_changes_mark" ON "cards"."hot_changes" USING btree ("mark","version");--> statement-breakpoint
CREATE INDEX "card_accounts_person" ON "cards"."card_accounts" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "cards_id" ON "cards"."cards" USING btree ("id");--> statement-breakpoint
CREATE INDEX "cards_account" ON "cards"."cards" USING btree ("bucket","card_account_id");--> statement-breakpoint
CREATE UNIQUE INDEX "cards_one_current" ON "cards"."cards" USING btree ("bucket","card_account_id") WHERE "cards"."cards"."status" not in ('replaced', 'closed');--> statement-breakpoint
CREATE INDEX "cards_lifts" ON "cards"."cards" USING btree ("lifts_at") WHERE "cards"."cards"."status" = 'temporarily-lost';--> statement-breakpoint
CREATE INDEX "cards_expires" ON "cards"."cards" USING btree ("expires_on") WHERE "cards"."cards"."status" in ('active', 'not-active');--> statement-breakpoint
ALTER TABLE "cards"."persons" ADD CONSTRAINT "persons_id_number" UNIQUE("id_number_digest");--> statement-breakpoint
ALTER TABLE "cards"."cards" ADD CONSTRAINT "cards_lifts_at" CHECK ("cards"."cards"."lifts_at" is null or "cards"."cards"."status" = 'temporarily-lost');--> statement-breakpoint
ALTER TABLE "cards"."cards" ADD CONSTRAINT "cards_hot_mark" CHECK (length("cards"."cards"."hot_mark") = 8);--> statement-breakpoint
ALTER TABLE "cards"."cards" ADD CONSTRAINT "cards_status" CHECK ("cards"."cards"."status" in ('active', 'not-active', 'temporarily-lost', 'lost', 'locked', 'replaced', 'expired', 'closed'));