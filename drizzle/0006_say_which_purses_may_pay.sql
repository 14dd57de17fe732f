CREATE SCHEMA "sectors";
--> statement-breakpoint
CREATE TABLE "sectors"."purse_rules" (
	"sector" text NOT NULL,
	"mcc" text NOT NULL,
	"effective_from" date NOT NULL,
	"purses" text[] NOT NULL,
	"split" boolean NOT NULL,
	CONSTRAINT "purse_rules_sector_mcc_effective_from_pk" PRIMARY KEY("sector","mcc","effective_from"),
	CONSTRAINT "purse_rules_mcc" CHECK ("sectors"."purse_rules"."mcc" ~ '^([0-9]{4}|[*])$'),
	CONSTRAINT "purse_rules_purses" CHECK (cardinality("sectors"."purse_rules"."purses") > 0 and "sectors"."purse_rules"."purses" <@ array['e-purse', 'online', 'medical', 'subsidy', 'farm-subsidy', 'elder-care'])
);
--> statement-breakpoint
ALTER TABLE "participants"."participants" ADD COLUMN "mcc" text DEFAULT '0000' NOT NULL;--> statement-breakpoint
ALTER TABLE "participants"."participants" ADD CONSTRAINT "participants_mcc" CHECK ("participants"."participants"."mcc" ~ '^[0-9]{4}$');