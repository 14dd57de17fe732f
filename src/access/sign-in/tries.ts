import { delays, forgetSeconds, lockFailures, lockSeconds } from '#access/rules/delays.ts';
import { codeColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';

/** A try that may be made: it counts as failed until it has succeeded. */
export interface ReservedTry {
  readonly failures: number;
}

export interface DelayedTry {
  readonly refusal: 'sign-in-delayed' | 'sign-in-locked';
  readonly retryAfterSeconds: number;
}

const delayList = `'{${delays.join(',')}}'::int[]`;

// The try is counted before the password is looked at: as many tries at once as anybody likes, on as many
// instances, come one by one through this row, so they get no more tries than one after the other would. If we
// die before the answer, the try was made.
const reserve: Statement = {
  name: 'access-reserve-try',
  text: `insert into access.sign_in_failures as f (subject_digest, failures, tried_at, next_try_at)
    values (decode($1, 'hex'), 1, clock_timestamp(), '-infinity')
    on conflict (subject_digest) do update set (failures, tried_at, next_try_at, locked_until) = (
      select n.failures, n.now, case when d.delay = 0 then '-infinity' else n.now + make_interval(secs => d.delay) end,
        case when n.failures >= ${lockFailures} then n.now + make_interval(secs => ${lockSeconds}) end
      from (select clock_timestamp() as now, case
          when f.tried_at < clock_timestamp() - make_interval(secs => ${forgetSeconds}) then 1
          else f.failures + 1 end as failures) n,
        lateral (select (${delayList})[least(n.failures, ${lockFailures})] as delay) d)
    where f.next_try_at <= clock_timestamp() and coalesce(f.locked_until <= clock_timestamp(), true)
    returning failures`,
};
const waitOf: Statement = {
  name: 'access-wait-of-try',
  text: `select coalesce(locked_until > clock_timestamp(), false), greatest(1, ceil(extract(epoch from
      greatest(next_try_at, coalesce(locked_until, next_try_at)) - clock_timestamp())))::int
    from access.sign_in_failures where subject_digest = decode($1, 'hex') and next_try_at > '-infinity'`,
};

/** Reserves a try for a subject's digest (hex), or says how long it has to wait. */
export async function reserveTry(session: Session, digest: string): Promise<ReservedTry | DelayedTry> {
  const reserved = (await session.run(reserve, [digest])).rows[0];
  if (reserved !== undefined) return { failures: reserved[0] as number };
  const [isLocked = false, seconds = 1] = ((await session.run(waitOf, [digest])).rows[0] ?? []) as [
    boolean?,
    number?,
  ];
  return { refusal: isLocked ? 'sign-in-locked' : 'sign-in-delayed', retryAfterSeconds: seconds };
}

const clear: Statement = {
  name: 'access-clear-tries',
  text: `delete from access.sign_in_failures
    where subject_digest in (select decode(digest, 'hex') from unnest($1::text[]) k(digest))`,
};

/** Forgets the failures of these digests (hex): they signed in, or an operator let them try again. How many had any. */
export async function clearTries(session: Session, digests: readonly string[]): Promise<number> {
  return (await session.run(clear, [codeColumn(digests, (digest) => digest)])).rowCount;
}

/** How many old rows one sweep takes. */
export const sweepTriesMax = 5_000;

const sweep: Statement = {
  name: 'access-sweep-tries',
  text: `delete from access.sign_in_failures where subject_digest in (
      select subject_digest from access.sign_in_failures
      where tried_at < now() - make_interval(secs => ${forgetSeconds})
        and coalesce(locked_until < now(), true) order by tried_at limit ${sweepTriesMax})`,
};
const sweepSessions: Statement = { name: 'access-sweep-sessions', text: 'select access.sweep_sessions($1)' };

/**
 * Takes away failures that are forgotten anyway and sessions that are over, at most `sweepTriesMax` of each; the
 * larger of the two counts. Numbers made up by a guesser leave a row each, but no faster than hashes are
 * computed, and for a day.
 */
export async function sweepSignIns(session: Session): Promise<number> {
  const tries = await session.run(sweep);
  const sessions = await session.run(sweepSessions, [sweepTriesMax]);
  return Math.max(tries.rowCount, Number(sessions.rows[0]?.[0] ?? 0));
}
