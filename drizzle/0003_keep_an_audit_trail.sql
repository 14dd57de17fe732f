CREATE SCHEMA "audit";
--> statement-breakpoint
CREATE TABLE "audit"."events" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor_id" bigint NOT NULL,
	"actor_kind" text NOT NULL,
	"act" text NOT NULL,
	"subject" text NOT NULL,
	"reason" text NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "events_actor" CHECK ("audit"."events"."actor_kind" in ('holder', 'staff', 'participant', 'terminal', 'system')),
	CONSTRAINT "events_reason" CHECK (length("audit"."events"."reason") <= 200)
);
