-- Give every token a subject: who acts is known. A token of nobody in particular ends here and is given anew.
delete from access.tokens where subject_id is null;--> statement-breakpoint
ALTER TABLE "access"."tokens" DROP CONSTRAINT "tokens_subject";--> statement-breakpoint
ALTER TABLE "access"."tokens" DROP CONSTRAINT "tokens_role";--> statement-breakpoint
ALTER TABLE "access"."tokens" ALTER COLUMN "subject_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "access"."tokens" ADD CONSTRAINT "tokens_role" CHECK ("access"."tokens"."role" in ('holder', 'participant', 'administrator', 'operator', 'finance', 'auditor'));