-- run outside a transaction
-- Staff look for what one person did, for a span of time, and for subsidies that were not paid: each by an index, since
-- the trail and the lines grow for years. The trail's own times rise with its numbers. Built beside the traffic.
create index concurrently if not exists events_actor on audit.events (actor_kind, actor_id, sequence);
create index concurrently if not exists events_at on audit.events (at, sequence);
create index concurrently if not exists lines_failed on disbursements.lines (batch_id, line_no) where state = 'failed';
