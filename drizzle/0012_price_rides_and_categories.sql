-- Price rides by distance, cap, pass and category, and shops by merchant category and PIN.
CREATE TABLE "shops"."mcc_rules" (
	"product" text NOT NULL,
	"mcc" text NOT NULL,
	"effective_from" date NOT NULL,
	"verdict" text NOT NULL,
	"per_payment_fen" bigint,
	"per_day_fen" bigint,
	CONSTRAINT "mcc_rules_product_mcc_effective_from_pk" PRIMARY KEY("product","mcc","effective_from"),
	CONSTRAINT "mcc_rules_mcc" CHECK ("shops"."mcc_rules"."mcc" ~ '^[0-9]{4}$'),
	CONSTRAINT "mcc_rules_verdict" CHECK ("shops"."mcc_rules"."verdict" in ('blocked', 'limits')),
	CONSTRAINT "mcc_rules_limits" CHECK (coalesce("shops"."mcc_rules"."per_payment_fen", 1) > 0 and coalesce("shops"."mcc_rules"."per_day_fen", 1) > 0
        and ("shops"."mcc_rules"."verdict" = 'limits' or coalesce("shops"."mcc_rules"."per_payment_fen", "shops"."mcc_rules"."per_day_fen") is null))
);
--> statement-breakpoint
CREATE TABLE "transit"."caps" (
	"participant_id" integer NOT NULL,
	"effective_from" date NOT NULL,
	"per_day_fen" bigint NOT NULL,
	CONSTRAINT "caps_participant_id_effective_from_pk" PRIMARY KEY("participant_id","effective_from"),
	CONSTRAINT "caps_day" CHECK ("transit"."caps"."per_day_fen" > 0)
);
--> statement-breakpoint
CREATE TABLE "transit"."concession_terms" (
	"participant_id" integer NOT NULL,
	"category" text NOT NULL,
	"effective_from" date NOT NULL,
	"rate" text NOT NULL,
	"rides_per_month" integer NOT NULL,
	"beyond_rate" text NOT NULL,
	CONSTRAINT "concession_terms_participant_id_category_effective_from_pk" PRIMARY KEY("participant_id","category","effective_from"),
	CONSTRAINT "concession_terms_category" CHECK ("transit"."concession_terms"."category" ~ '^[a-z]+(-[a-z0-9]+)*$' and "transit"."concession_terms"."category" <> 'none'),
	CONSTRAINT "concession_terms_rates" CHECK ("transit"."concession_terms"."rate" ~ '^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$' and "transit"."concession_terms"."beyond_rate" ~ '^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$' and "transit"."concession_terms"."rides_per_month" >= 0)
);
--> statement-breakpoint
CREATE TABLE "transit"."concessions" (
	"card_account_id" bigint NOT NULL,
	"from_day" date NOT NULL,
	"to_day" date,
	"number" integer NOT NULL,
	"bucket" smallint NOT NULL,
	"category" text NOT NULL,
	"granted_by_kind" text NOT NULL,
	"granted_by_id" bigint NOT NULL,
	"granted_at" timestamp with time zone DEFAULT now() NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "concessions_bucket_card_account_id_from_day_number_pk" PRIMARY KEY("bucket","card_account_id","from_day","number"),
	CONSTRAINT "concessions_days" CHECK ("transit"."concessions"."to_day" is null or "transit"."concessions"."to_day" >= "transit"."concessions"."from_day"),
	CONSTRAINT "concessions_category" CHECK ("transit"."concessions"."category" ~ '^[a-z]+(-[a-z0-9]+)*$'),
	CONSTRAINT "concessions_reason" CHECK (length("transit"."concessions"."reason") between 1 and 200)
);
--> statement-breakpoint
CREATE TABLE "transit"."distance_fares" (
	"participant_id" integer NOT NULL,
	"line" text NOT NULL,
	"effective_from" date NOT NULL,
	"up_to_m" integer NOT NULL,
	"fare_fen" bigint NOT NULL,
	CONSTRAINT "distance_fares_participant_id_line_effective_from_up_to_m_pk" PRIMARY KEY("participant_id","line","effective_from","up_to_m"),
	CONSTRAINT "distance_fares_step" CHECK ("transit"."distance_fares"."up_to_m" > 0 and "transit"."distance_fares"."fare_fen" > 0)
);
--> statement-breakpoint
CREATE TABLE "transit"."pass_products" (
	"participant_id" integer NOT NULL,
	"code" text NOT NULL,
	"effective_from" date NOT NULL,
	"kind" text NOT NULL,
	"price_fen" bigint NOT NULL,
	"rides" integer,
	"valid_days" integer,
	"lines" text[] NOT NULL,
	CONSTRAINT "pass_products_participant_id_code_effective_from_pk" PRIMARY KEY("participant_id","code","effective_from"),
	CONSTRAINT "pass_products_code" CHECK ("transit"."pass_products"."code" ~ '^[A-Z0-9]{1,8}$' and cardinality("transit"."pass_products"."lines") > 0),
	CONSTRAINT "pass_products_price" CHECK ("transit"."pass_products"."price_fen" > 0),
	CONSTRAINT "pass_products_kind" CHECK (("transit"."pass_products"."kind" = 'monthly' and "transit"."pass_products"."rides" is null and coalesce("transit"."pass_products"."valid_days", 1) > 0)
        or ("transit"."pass_products"."kind" = 'count' and "transit"."pass_products"."rides" > 0 and "transit"."pass_products"."rides" is not null and "transit"."pass_products"."valid_days" > 0
          and "transit"."pass_products"."valid_days" is not null)),
	CONSTRAINT "pass_products_bounds" CHECK (coalesce("transit"."pass_products"."rides", 0) <= 100000 and coalesce("transit"."pass_products"."valid_days", 0) <= 3660)
);
--> statement-breakpoint
CREATE TABLE "transit"."riders" (
	"card_account_id" bigint NOT NULL,
	"tapped_at_ms" bigint NOT NULL,
	"entry_id" bigint NOT NULL,
	"day" date NOT NULL,
	"rides" integer NOT NULL,
	"bucket" smallint NOT NULL,
	"month" text NOT NULL,
	"paid" text NOT NULL,
	"passes" text NOT NULL,
	CONSTRAINT "riders_bucket_card_account_id_pk" PRIMARY KEY("bucket","card_account_id"),
	CONSTRAINT "riders_rides" CHECK ("transit"."riders"."rides" >= 0 and "transit"."riders"."month" ~ '^[0-9]{4}-[0-9]{2}$'),
	CONSTRAINT "riders_length" CHECK (length("transit"."riders"."paid") <= 500 and length("transit"."riders"."passes") <= 1000)
);
--> statement-breakpoint
CREATE TABLE "transit"."stations" (
	"participant_id" integer NOT NULL,
	"line" text NOT NULL,
	"station" text NOT NULL,
	"distance_m" integer NOT NULL,
	CONSTRAINT "stations_participant_id_line_station_pk" PRIMARY KEY("participant_id","line","station"),
	CONSTRAINT "stations_code" CHECK ("transit"."stations"."station" ~ '^[A-Z0-9]{1,8}$' and "transit"."stations"."line" ~ '^[A-Z0-9]{1,8}$'),
	CONSTRAINT "stations_distance" CHECK ("transit"."stations"."distance_m" >= 0)
);
--> statement-breakpoint
-- Limits that are there already ask for no PIN, as before.
ALTER TABLE "shops"."limits" ADD COLUMN "pin_free_fen" bigint;--> statement-breakpoint
UPDATE "shops"."limits" SET "pin_free_fen" = "per_payment_fen";--> statement-breakpoint
ALTER TABLE "shops"."limits" ALTER COLUMN "pin_free_fen" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "shops"."limits" ADD CONSTRAINT "limits_pin_free" CHECK ("shops"."limits"."pin_free_fen" >= 0);