-- Let old days leave: what is known of a business day whose entries and postings are in a file, and what its postings
-- had summed to, so that a balance is still the sum of its postings.

CREATE TABLE "ledger"."archived_days" (
	"business_date" date PRIMARY KEY NOT NULL,
	"file" text NOT NULL,
	"entries" bigint NOT NULL,
	"postings" bigint NOT NULL,
	"debit_fen" bigint NOT NULL,
	"last_entry_id" bigint NOT NULL,
	"sha256" "bytea" NOT NULL,
	"archived_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger"."archived_balances" (
	"account_id" bigint NOT NULL,
	"fen" bigint NOT NULL,
	"last_entry_id" bigint NOT NULL,
	"bucket" smallint NOT NULL,
	CONSTRAINT "archived_balances_bucket_account_id_pk" PRIMARY KEY("bucket","account_id")
);
--> statement-breakpoint
grant select on ledger.archived_days, ledger.archived_balances to one_card_app;
