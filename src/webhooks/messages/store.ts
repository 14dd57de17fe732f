import { idMax } from '#platform/columns.ts';
import { requirePageLimit } from '#platform/limits/page-limit.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { AttemptOutcome } from '#webhooks/rules/schedule.ts';

export type MessageState = 'waiting' | 'delivered' | 'failed';

/** A message as its participant sees it. */
export interface Message {
  readonly id: bigint;
  readonly type: string;
  readonly state: MessageState;
  readonly createdAt: Date;
  /** Null once it was heard or given up. */
  readonly nextAttemptAt: Date | null;
  readonly endedAt: Date | null;
  readonly attempts: number;
  /** What came of the last attempt; null before the first. */
  readonly lastOutcome: AttemptOutcome | null;
  readonly lastStatus: number | null;
}

export const messagesPageMax = 100;
/** Messages that are replayed at a time; the answer says how many are left. */
export const replayedMax = 10_000;

const columns = `m.id, m.type, m.state, m.created_at, case when m.state = 'waiting' then m.next_attempt_at end,
  m.ended_at, m.attempt_count, a.outcome, a.status`;
const lastAttempt = `left join lateral (
    select outcome, status from webhooks.attempts where message_id = m.id order by number desc limit 1) a on true`;

function messageOf(row: readonly unknown[]): Message {
  const [id, type, state, createdAt, nextAttemptAt, endedAt, attempts, lastOutcome, lastStatus] = row;
  const last = { lastOutcome, lastStatus };
  return { id, type, state, createdAt, nextAttemptAt, endedAt, attempts, ...last } as Message;
}

const pageText = (state: string): Statement => ({
  name: `webhooks-messages-${state === '' ? 'all' : state}`,
  text: `select ${columns} from webhooks.messages m ${lastAttempt}
    where m.endpoint_id = $1 and m.id < $2 ${state === '' ? '' : `and m.state = '${state}'`}
    order by m.id desc limit $3`,
});
const pages = {
  all: pageText(''),
  waiting: pageText('waiting'),
  delivered: pageText('delivered'),
  failed: pageText('failed'),
};

/** A page of an endpoint's messages, newest first, older than the cursor. */
export async function readMessages(
  session: Session,
  endpointId: bigint,
  asked: { readonly before: bigint | null; readonly state: MessageState | null; readonly limit: number },
): Promise<Message[]> {
  requirePageLimit(asked.limit, messagesPageMax);
  const { rows } = await session.run(pages[asked.state ?? 'all'], [
    endpointId,
    asked.before ?? idMax,
    asked.limit,
  ]);
  return rows.map(messageOf);
}

const oneText: Statement = {
  name: 'webhooks-message',
  text: `select ${columns}, m.payload from webhooks.messages m ${lastAttempt} where m.endpoint_id = $1 and m.id = $2`,
};
const attemptsText: Statement = {
  name: 'webhooks-attempts',
  text: 'select number, at, duration_ms, status, outcome from webhooks.attempts where message_id = $1 order by number',
};

export interface Attempt {
  readonly number: number;
  readonly at: Date;
  readonly durationMs: number;
  readonly status: number | null;
  readonly outcome: AttemptOutcome;
}

/** A message with what it says and each time that it was sent; null where the endpoint has none of this id. */
export async function findMessage(
  session: Session,
  endpointId: bigint,
  id: bigint,
): Promise<(Message & { readonly payload: string; readonly made: readonly Attempt[] }) | null> {
  const row = (await session.run(oneText, [endpointId, id])).rows[0];
  if (row === undefined) return null;
  const { rows } = await session.run(attemptsText, [id]);
  const made = rows.map(
    ([number, at, durationMs, status, outcome]) => ({ number, at, durationMs, status, outcome }) as Attempt,
  );
  return { ...messageOf(row), payload: row[9] as string, made };
}

const again = `state = 'waiting', ended_at = null, attempts = 0, next_attempt_at = clock_timestamp()`;
// One that is on its way is left to whoever sends it.
const replayText: Statement = {
  name: 'webhooks-replay',
  text: `update webhooks.messages set ${again} where endpoint_id = $1 and id = $2 and state <> 'waiting'`,
};
const existsText: Statement = {
  name: 'webhooks-exists',
  text: 'select 1 from webhooks.messages where endpoint_id = $1 and id = $2',
};

/** Sends a message again from the beginning of its schedule, also one that was heard; false where there is none. */
export async function replayMessage(session: Session, endpointId: bigint, id: bigint): Promise<boolean> {
  if ((await session.run(replayText, [endpointId, id])).rowCount === 1) return true;
  return (await session.run(existsText, [endpointId, id])).rowCount === 1;
}

// Asked for twice at once the second waits for the first and must look again: what is on its way is not sent twice.
const replayFailedText: Statement = {
  name: 'webhooks-replay-failed',
  text: `update webhooks.messages set ${again}
    where state = 'failed' and id in (
      select id from webhooks.messages
      where endpoint_id = $1 and state = 'failed' and created_at >= $2 order by id limit ${replayedMax})`,
};

/** Sends again what was given up of all that was written since, so many at a time; gives how many. */
export async function replayFailed(session: Session, endpointId: bigint, since: Date): Promise<number> {
  return (await session.run(replayFailedText, [endpointId, since])).rowCount;
}

const testsText: Statement = {
  name: 'webhooks-count-tests',
  text: `select count(*)::int from webhooks.messages where endpoint_id = $1 and source = 'test' and source_id > $2`,
};

/** Tests of an endpoint since this moment (in microseconds since 1970). */
export async function countTests(session: Session, endpointId: bigint, after: bigint): Promise<number> {
  return (await session.run(testsText, [endpointId, after])).rows[0]?.[0] as number;
}
