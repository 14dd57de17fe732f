import type { Session, Statement } from '#platform/postgres.ts';
import type { HeadVectors } from '#webhooks/feed/store.ts';

export type DisableReason = 'gone' | 'failing' | 'by-participant' | 'by-staff';

/** An endpoint as it is shown: never its secrets. */
export interface Endpoint {
  readonly id: bigint;
  readonly participantId: number;
  readonly url: string;
  readonly state: 'active' | 'disabled';
  readonly reason: DisableReason | null;
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  readonly failingSince: Date | null;
  /** What its messages may be verified with, besides the secret. */
  readonly publicKey: Buffer;
}

const columns = `e.id, e.participant_id, e.url, e.state, e.reason, e.created_at, e.disabled_at, e.failing_since,
  (select s.public_key from webhooks.secrets s where s.endpoint_id = e.id and s.expires_at is null)`;

function endpointOf(row: readonly unknown[]): Endpoint {
  const [id, participantId, url, state, reason, createdAt, disabledAt, failingSince, publicKey] = row;
  const stands = { state, reason, createdAt, disabledAt, failingSince };
  return { id, participantId, url, ...stands, publicKey } as Endpoint;
}

const lockText: Statement = {
  name: 'webhooks-lock-participant',
  text: 'select pg_advisory_xact_lock(4701, $1)',
};

/** One change of a participant's endpoints at a time, on any instance, until the transaction ends. */
export async function lockEndpointsOf(session: Session, participantId: number): Promise<void> {
  await session.run(lockText, [participantId]);
}

const countsText: Statement = {
  name: 'webhooks-count-endpoints',
  text: `select count(*) filter (where participant_id = $1 and state = 'active')::int,
      count(*) filter (where participant_id = $1)::int, count(*) filter (where state = 'active')::int
    from webhooks.endpoints`,
};

export interface EndpointCounts {
  readonly activeOfParticipant: number;
  readonly ofParticipant: number;
  readonly active: number;
}

export async function countEndpoints(session: Session, participantId: number): Promise<EndpointCounts> {
  const [activeOfParticipant, ofParticipant, active] = (await session.run(countsText, [participantId]))
    .rows[0] as [number, number, number];
  return { activeOfParticipant, ofParticipant, active };
}

const insertText: Statement = {
  name: 'webhooks-insert-endpoint',
  text: `insert into webhooks.endpoints (participant_id, url, from_sequences, from_ids, closed_through)
    values ($1, $2, $3::bigint[], $4::bigint[], $5) returning id`,
};

/** A new endpoint, that is told what is committed after these heads and closed after this day. */
export async function insertEndpoint(
  session: Session,
  endpoint: { readonly participantId: number; readonly url: string; readonly from: HeadVectors },
): Promise<bigint> {
  const { participantId, url, from } = endpoint;
  const { rows } = await session.run(insertText, [
    participantId,
    url,
    from.sequences,
    from.nextIds,
    from.closedThrough,
  ]);
  return rows[0]?.[0] as bigint;
}

const resumeText: Statement = {
  name: 'webhooks-resume-endpoint',
  text: `update webhooks.endpoints set from_sequences = $2::bigint[], from_ids = $3::bigint[], closed_through = $4
    where id = $1`,
};

/** Lets an endpoint begin again at these heads: what lies before was missed. */
export async function restartEndpoint(session: Session, id: bigint, from: HeadVectors): Promise<void> {
  await session.run(resumeText, [id, from.sequences, from.nextIds, from.closedThrough]);
}

const listText: Statement = {
  name: 'webhooks-endpoints',
  text: `select ${columns} from webhooks.endpoints e where e.participant_id = $1 order by e.id`,
};

/** A participant's endpoints, in the order in which they were made. */
export async function listEndpoints(session: Session, participantId: number): Promise<Endpoint[]> {
  return (await session.run(listText, [participantId])).rows.map(endpointOf);
}

const findText: Statement = {
  name: 'webhooks-endpoint',
  text: `select ${columns} from webhooks.endpoints e where e.id = $1 and ($2::int is null or e.participant_id = $2)`,
};

/** An endpoint; with a participant only where it is that one's. */
export async function findEndpoint(
  session: Session,
  id: bigint,
  participantId: number | null,
): Promise<Endpoint | null> {
  const { rows } = await session.run(findText, [id, participantId]);
  return rows[0] === undefined ? null : endpointOf(rows[0]);
}

const disableText: Statement = {
  name: 'webhooks-disable',
  text: `update webhooks.endpoints set state = 'disabled', reason = $2, disabled_at = clock_timestamp()
    where id = $1 and state = 'active'`,
};

/** Disables an endpoint; one that is disabled stays as it is. */
export async function disableEndpoint(session: Session, id: bigint, reason: DisableReason): Promise<void> {
  await session.run(disableText, [id, reason]);
}

const enableText: Statement = {
  name: 'webhooks-enable',
  text: `update webhooks.endpoints set state = 'active', reason = null, disabled_at = null, failures = 0,
      failing_since = null, held_until = clock_timestamp()
    where id = $1`,
};

export async function enableEndpoint(session: Session, id: bigint): Promise<void> {
  await session.run(enableText, [id]);
}

const keysInUseMax = 4;

const insertSecretText: Statement = {
  name: 'webhooks-insert-secret',
  text: `insert into webhooks.secrets (endpoint_id, shared_sealed, private_sealed, public_key) values ($1, $2, $3, $4)`,
};
// The one before is good for a while yet, and those before it are over: so a secret that leaked is out of use after two
// rotations. Unless these came in one minute: then they are one that was asked for again, and the receiver still has
// what it had. So many keys are in use at the most, the new ones with them.
const retireText: Statement = {
  name: 'webhooks-retire-secrets',
  text: `with used as (
      select id, row_number() over (order by id desc) as place,
        first_value(created_at) over (order by id desc) > clock_timestamp() - interval '1 minute' as is_again
      from webhooks.secrets
      where endpoint_id = $1 and (expires_at is null or expires_at > clock_timestamp()))
    update webhooks.secrets s
    set expires_at = case when s.expires_at is null then clock_timestamp() + $2 * interval '1 second'
      else least(s.expires_at, clock_timestamp()) end
    from used u
    where s.id = u.id and (s.expires_at is null or not u.is_again or u.place >= ${keysInUseMax})`,
};

const rotationsText: Statement = {
  name: 'webhooks-count-rotations',
  text: `select count(*)::int from webhooks.endpoints e join webhooks.secrets s on s.endpoint_id = e.id
    where e.participant_id = $1 and s.created_at > clock_timestamp() - interval '1 day'
      and exists (select from webhooks.secrets b where b.endpoint_id = e.id and b.id < s.id)`,
};

/** How often a participant changed keys in the last day: the first keys of an endpoint are no change. */
export async function countRotations(session: Session, participantId: number): Promise<number> {
  return (await session.run(rotationsText, [participantId])).rows[0]?.[0] as number;
}

export interface SealedKeys {
  readonly sharedSealed: Buffer;
  readonly privateSealed: Buffer;
  readonly publicKey: Buffer;
}

/** New keys for an endpoint; those before are used beside them for so long. */
export async function replaceKeys(
  session: Session,
  endpointId: bigint,
  { keys, overlapSeconds }: { readonly keys: SealedKeys; readonly overlapSeconds: number },
): Promise<void> {
  await session.run(retireText, [endpointId, overlapSeconds]);
  await session.run(insertSecretText, [endpointId, keys.sharedSealed, keys.privateSealed, keys.publicKey]);
}
