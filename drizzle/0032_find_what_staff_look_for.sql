-- Staff look for what one person did, for a span of time, and for subsidies that were not paid: each by an index, since
-- the trail and the lines grow for years. The trail's own times rise with its numbers.
create index events_actor on audit.events (actor_kind, actor_id, sequence);
--> statement-breakpoint
create index events_at on audit.events (at, sequence);
--> statement-breakpoint
create index lines_failed on disbursements.lines (batch_id, line_no) where state = 'failed';
