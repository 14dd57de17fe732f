-- Keep the lamp of the books: what the last look at them found, and how far the next one need not go again.

CREATE TABLE "settlement"."lamp" (
	"id" smallint PRIMARY KEY NOT NULL,
	"look" bigint NOT NULL,
	"computed_at" timestamp with time zone,
	"business_date" date,
	"drift_fen" bigint,
	"behind" bigint,
	"look_ms" integer,
	"pause_ms" integer,
	"checks" jsonb,
	"findings" jsonb,
	"queues" jsonb,
	"watermark" jsonb,
	CONSTRAINT "lamp_one_row" CHECK ("settlement"."lamp"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "settlement"."watched_totals" (
	"account_id" bigint NOT NULL,
	"debit_fen" bigint NOT NULL,
	"credit_fen" bigint NOT NULL,
	"debit_count" bigint NOT NULL,
	"credit_count" bigint NOT NULL,
	"business_date" date NOT NULL,
	CONSTRAINT "watched_totals_business_date_account_id_pk" PRIMARY KEY("business_date","account_id")
);--> statement-breakpoint
-- One row, which is there from the beginning: whoever looks changes it by compare and set.
insert into settlement.lamp (id, look) values (1, 0);--> statement-breakpoint

-- Nothing here is money: what is lost or wrong in these tables is counted again from the journal.
grant select on settlement.lamp, settlement.watched_totals to one_card_app;--> statement-breakpoint
grant update (look, computed_at, business_date, drift_fen, behind, look_ms, pause_ms, checks, findings, queues, watermark)
  on settlement.lamp to one_card_app;--> statement-breakpoint
grant insert, update, delete on settlement.watched_totals to one_card_app;
