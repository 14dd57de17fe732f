import { numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { type AttemptOutcome, failuresFree } from '#webhooks/rules/schedule.ts';

/** A claimed message is somebody's for so long: twice what an attempt may take, and then some. */
const leaseSeconds = 60;
/** How long a message is kept after it was heard, or given up; one that waits for a dead endpoint is kept as long. */
export const keptDays = { delivered: 31, failed: 90 } as const;
/** The attempts of a message that are kept: its newest. */
const attemptsKeptMax = 50;

// An endpoint that fails again and again is tried with one message at a time. In no order of endpoints, so that none
// is always the last; what is locked is being claimed by somebody else.
const claimText: Statement = {
  name: 'webhooks-claim',
  text: `with due as (
      select m.id from (
        select e.id, case when e.failures >= ${failuresFree} then 1 else $1::int end - coalesce(b.count, 0) as free
        from webhooks.endpoints e left join unnest($2::bigint[], $3::int[]) b(id, count) on b.id = e.id
        where e.state = 'active' and e.held_until <= clock_timestamp() order by random()) e
      cross join lateral (
        select id from webhooks.messages
        where endpoint_id = e.id and state = 'waiting' and next_attempt_at <= clock_timestamp()
        order by next_attempt_at limit greatest(e.free, 0) for update skip locked) m
      limit $4)
    update webhooks.messages m
    set next_attempt_at = clock_timestamp() + interval '${leaseSeconds} seconds', attempts = attempts + 1,
      attempt_count = attempt_count + 1
    from due where m.id = due.id
    returning m.id, m.endpoint_id, m.payload, m.attempts, m.attempt_count`,
};

/** A message that nobody else sends until its lease is over. */
export interface Claimed {
  readonly id: bigint;
  readonly endpointId: bigint;
  readonly payload: string;
  /** Attempts of its schedule, and ever, with the one that is to be made. */
  readonly attempts: number;
  readonly number: number;
}

export interface ClaimLimits {
  readonly perEndpoint: number;
  readonly inAll: number;
  /** How many are on their way to each endpoint from here. */
  readonly busy: ReadonlyMap<bigint, number>;
}

/** Claims messages that are due, in one transaction of its own. */
export async function claimDue(session: Session, limits: ClaimLimits): Promise<Claimed[]> {
  const busy = [...limits.busy];
  const { rows } = await session.run(claimText, [
    limits.perEndpoint,
    numberColumn(busy, ([id]) => id),
    numberColumn(busy, ([, count]) => count),
    limits.inAll,
  ]);
  return rows.map((row) => ({
    id: row[0] as bigint,
    endpointId: row[1] as bigint,
    payload: row[2] as string,
    attempts: row[3] as number,
    number: row[4] as number,
  }));
}

const targetsText: Statement = {
  name: 'webhooks-targets',
  text: `select e.id, e.url, e.failures, e.failing_since, s.shared_sealed, s.private_sealed
    from webhooks.endpoints e join webhooks.secrets s on s.endpoint_id = e.id
    where e.id = any($1::bigint[]) and (s.expires_at is null or s.expires_at > clock_timestamp())
    order by e.id, s.id desc`,
};

/** Where messages go, and what they are signed with. */
export interface Target {
  readonly id: bigint;
  readonly url: string;
  readonly failures: number;
  readonly failingSince: Date | null;
  /** Newest first. */
  readonly keys: readonly { readonly sharedSealed: Buffer; readonly privateSealed: Buffer }[];
}

export async function readTargets(
  session: Session,
  endpointIds: readonly bigint[],
): Promise<Map<bigint, Target>> {
  const { rows } = await session.run(targetsText, [numberColumn(endpointIds, (id) => id)]);
  const targets = new Map<bigint, Target>();
  for (const [id, url, failures, failingSince, sharedSealed, privateSealed] of rows) {
    const key = { sharedSealed, privateSealed } as Target['keys'][number];
    const before = targets.get(id as bigint);
    const target = { id, url, failures, failingSince, keys: [...(before?.keys ?? []), key] } as Target;
    targets.set(target.id, target);
  }
  return targets;
}

/** What came of an attempt, as it is kept. */
export interface Finished {
  readonly messageId: bigint;
  readonly endpointId: bigint;
  readonly number: number;
  readonly outcome: AttemptOutcome;
  readonly status: number | null;
  readonly atMs: number;
  readonly durationMs: number;
  /** When it is sent again; null where it was heard or given up. */
  readonly nextAttemptMs: number | null;
  readonly heldUntilMs: number;
  readonly disable: 'gone' | 'failing' | null;
}

const millis = (parameter: string) => `to_timestamp(${parameter} / 1000.0)`;

const lockText: Statement = {
  name: 'webhooks-lock-endpoints',
  text: 'select id from webhooks.endpoints where id = any($1::bigint[]) order by id for update',
};

// Heard is heard, even where the lease was lost meanwhile; a failure counts only for who still has the message.
const messagesText: Statement = {
  name: 'webhooks-finish-messages',
  text: `update webhooks.messages m
    set state = case when r.heard then 'delivered' when r.next_ms is null then 'failed' else 'waiting' end,
      ended_at = case when r.heard or r.next_ms is null then clock_timestamp() end,
      next_attempt_at = coalesce(${millis('r.next_ms')}, m.next_attempt_at)
    from unnest($1::bigint[], $2::int[], $3::bool[], $4::bigint[]) r(id, number, heard, next_ms)
    where m.id = r.id and m.state = 'waiting' and (r.heard or m.attempt_count = r.number)`,
};
const attemptsText: Statement = {
  name: 'webhooks-insert-attempts',
  text: `insert into webhooks.attempts (message_id, number, at, duration_ms, status, outcome)
    select id, number, ${millis('at_ms')}, duration_ms, status, outcome
    from unnest($1::bigint[], $2::int[], $3::bigint[], $4::int[], $5::smallint[], $6::text[])
      r(id, number, at_ms, duration_ms, status, outcome)
    on conflict do nothing`,
};
const forgetAttemptsText: Statement = {
  name: 'webhooks-forget-attempts',
  text: `delete from webhooks.attempts a using unnest($1::bigint[], $2::int[]) r(id, number)
    where a.message_id = r.id and a.number <= r.number - ${attemptsKeptMax}`,
};
// What was heard ends a row of failures; failures after it begin a new one.
const endpointsText: Statement = {
  name: 'webhooks-finish-endpoints',
  text: `update webhooks.endpoints e
    set failures = case when r.heard then r.failed else e.failures + r.failed end,
      failing_since = case when r.heard and r.failed = 0 then null
        when r.heard or e.failing_since is null then clock_timestamp() else e.failing_since end,
      held_until = case when r.heard and r.failed = 0 then clock_timestamp()
        else greatest(e.held_until, ${millis('r.held_ms')}) end,
      state = case when e.state = 'active' and r.disable is null then 'active' else 'disabled' end,
      reason = case when e.state = 'active' then r.disable else e.reason end,
      disabled_at = case when e.state = 'active' and r.disable is not null then clock_timestamp() else e.disabled_at end
    from unnest($1::bigint[], $2::bool[], $3::int[], $4::bigint[], $5::text[]) r(id, heard, failed, held_ms, disable)
    where e.id = r.id`,
};

/** Keeps what came of attempts, in the transaction of whoever calls. */
export async function keepFinished(session: Session, finished: readonly Finished[]): Promise<void> {
  const isHeard = (one: Finished) => one.outcome === 'delivered';
  const ids = numberColumn(finished, (one) => one.messageId);
  const numbers = numberColumn(finished, (one) => one.number);
  const perEndpoint = [...Map.groupBy(finished, (one) => one.endpointId)];
  await session.run(lockText, [numberColumn(perEndpoint, ([id]) => id)]);
  await session.run(messagesText, [
    ...[ids, numbers],
    textColumn(finished, (one) => String(isHeard(one))),
    numberColumn(finished, (one) => (one.nextAttemptMs === null ? null : BigInt(one.nextAttemptMs))),
  ]);
  await session.run(attemptsText, [
    ...[ids, numbers],
    numberColumn(finished, (one) => BigInt(one.atMs)),
    numberColumn(finished, (one) => one.durationMs),
    numberColumn(finished, (one) => one.status),
    textColumn(finished, (one) => one.outcome),
  ]);
  await session.run(forgetAttemptsText, [ids, numbers]);
  await session.run(endpointsText, [
    numberColumn(perEndpoint, ([id]) => id),
    textColumn(perEndpoint, ([, ones]) => String(ones.some(isHeard))),
    numberColumn(perEndpoint, ([, ones]) => ones.length - 1 - ones.findLastIndex(isHeard)),
    numberColumn(perEndpoint, ([, ones]) => BigInt(Math.max(...ones.map((one) => one.heldUntilMs)))),
    textColumn(perEndpoint, ([, ones]) => ones.find((one) => one.disable !== null)?.disable ?? null),
  ]);
}

const giveBackText: Statement = {
  name: 'webhooks-give-back',
  text: `update webhooks.messages m set next_attempt_at = clock_timestamp(), attempts = greatest(m.attempts - 1, 0)
    from unnest($1::bigint[], $2::int[]) r(id, number)
    where m.id = r.id and m.state = 'waiting' and m.attempt_count = r.number`,
};

/** Gives claimed messages back, for whoever goes on: this instance stops. */
export async function giveBack(
  session: Session,
  claimed: readonly Pick<Claimed, 'id' | 'number'>[],
): Promise<void> {
  await session.run(giveBackText, [
    numberColumn(claimed, (one) => one.id),
    numberColumn(claimed, (one) => one.number),
  ]);
}

const forgetText: Statement = {
  name: 'webhooks-forget',
  text: `delete from webhooks.messages where id in (
      select id from (
        (select id from webhooks.messages
          where ended_at < clock_timestamp() - interval '${keptDays.delivered} days' and state = 'delivered' limit $1)
        union all
        (select id from webhooks.messages
          where ended_at < clock_timestamp() - interval '${keptDays.failed} days' and state = 'failed' limit $1)
        union all
        (select m.id from webhooks.endpoints e join webhooks.messages m on m.endpoint_id = e.id
          where e.disabled_at < clock_timestamp() - interval '${keptDays.failed} days' and m.state = 'waiting'
            and m.created_at < clock_timestamp() - interval '${keptDays.delivered} days' limit $1)) old
      limit $1)`,
};

/** Forgets so many messages at the most: heard or given up long ago, or left with a dead endpoint. */
export async function forgetMessages(session: Session, limit: number): Promise<number> {
  return (await session.run(forgetText, [limit])).rowCount;
}
