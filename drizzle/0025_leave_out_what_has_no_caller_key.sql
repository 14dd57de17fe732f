-- Leave out what has no caller key: messages of ISO 8583 are named by their trace alone, and one index fewer is written for them.

ALTER TABLE "idempotency"."outcomes" DROP CONSTRAINT "outcomes_caller_key";--> statement-breakpoint
CREATE UNIQUE INDEX "outcomes_caller_key" ON "idempotency"."outcomes" USING btree ("caller_key","bucket") WHERE caller_key is not null;