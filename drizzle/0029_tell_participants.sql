CREATE SCHEMA "webhooks";
--> statement-breakpoint
CREATE TABLE "webhooks"."attempts" (
	"message_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"number" integer NOT NULL,
	"duration_ms" integer NOT NULL,
	"status" smallint,
	"outcome" text NOT NULL,
	CONSTRAINT "attempts_message_id_number_pk" PRIMARY KEY("message_id","number"),
	CONSTRAINT "attempts_outcome" CHECK ("webhooks"."attempts"."outcome" in ('delivered', 'refused', 'gone', 'throttled', 'timeout', 'unreachable', 'not-allowed'))
);
--> statement-breakpoint
CREATE TABLE "webhooks"."endpoints" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "webhooks"."endpoints_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"participant_id" integer NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"disabled_at" timestamp with time zone,
	"failing_since" timestamp with time zone,
	"held_until" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"closed_through" date NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"reason" text,
	"url" text NOT NULL,
	"from_sequences" bigint[] NOT NULL,
	"from_ids" bigint[] NOT NULL,
	CONSTRAINT "endpoints_url" CHECK ("webhooks"."endpoints"."url" ~ '^https?://[^[:space:]@#]+$' and length("webhooks"."endpoints"."url") <= 500),
	CONSTRAINT "endpoints_state" CHECK ("webhooks"."endpoints"."state" in ('active', 'disabled')),
	CONSTRAINT "endpoints_reason" CHECK ("webhooks"."endpoints"."reason" in ('gone', 'failing', 'by-participant', 'by-staff')),
	CONSTRAINT "endpoints_disabled" CHECK (("webhooks"."endpoints"."state" = 'disabled') = ("webhooks"."endpoints"."reason" is not null)
        and ("webhooks"."endpoints"."reason" is null) = ("webhooks"."endpoints"."disabled_at" is null)),
	CONSTRAINT "endpoints_failing" CHECK (("webhooks"."endpoints"."failures" = 0) = ("webhooks"."endpoints"."failing_since" is null) and "webhooks"."endpoints"."failures" >= 0)
);
--> statement-breakpoint
CREATE TABLE "webhooks"."lanes" (
	"lane" smallint PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"next_id" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhooks"."messages" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "webhooks"."messages_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"endpoint_id" bigint NOT NULL,
	"source_id" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"next_attempt_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"ended_at" timestamp with time zone,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"attempt_count" integer DEFAULT 0 NOT NULL,
	"source" text NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"type" text NOT NULL,
	"payload" text NOT NULL,
	CONSTRAINT "messages_once" UNIQUE("endpoint_id","source","source_id"),
	CONSTRAINT "messages_source" CHECK ("webhooks"."messages"."source" in ('entry', 'day', 'test')),
	CONSTRAINT "messages_state" CHECK ("webhooks"."messages"."state" in ('waiting', 'delivered', 'failed')),
	CONSTRAINT "messages_ended" CHECK (("webhooks"."messages"."state" = 'waiting') = ("webhooks"."messages"."ended_at" is null)),
	CONSTRAINT "messages_type" CHECK ("webhooks"."messages"."type" ~ '^[a-z]+(-[a-z]+)*[.][a-z]+$'),
	CONSTRAINT "messages_payload" CHECK (octet_length("webhooks"."messages"."payload") <= 20000)
);
--> statement-breakpoint
CREATE TABLE "webhooks"."secrets" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "webhooks"."secrets_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"endpoint_id" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"expires_at" timestamp with time zone,
	"shared_sealed" "bytea" NOT NULL,
	"private_sealed" "bytea" NOT NULL,
	"public_key" "bytea" NOT NULL,
	CONSTRAINT "secrets_public_key" CHECK (length("webhooks"."secrets"."public_key") = 32)
);
--> statement-breakpoint
ALTER TABLE "webhooks"."attempts" ADD CONSTRAINT "attempts_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "webhooks"."messages"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks"."messages" ADD CONSTRAINT "messages_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "webhooks"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks"."secrets" ADD CONSTRAINT "secrets_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "webhooks"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "endpoints_participant" ON "webhooks"."endpoints" USING btree ("participant_id","id");--> statement-breakpoint
CREATE INDEX "messages_due" ON "webhooks"."messages" USING btree ("endpoint_id","next_attempt_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "messages_failed" ON "webhooks"."messages" USING btree ("endpoint_id","id") WHERE state = 'failed';--> statement-breakpoint
CREATE INDEX "messages_of_endpoint" ON "webhooks"."messages" USING btree ("endpoint_id","id");--> statement-breakpoint
CREATE INDEX "messages_ended" ON "webhooks"."messages" USING btree ("ended_at") WHERE ended_at is not null;--> statement-breakpoint
CREATE INDEX "secrets_endpoint" ON "webhooks"."secrets" USING btree ("endpoint_id","id");