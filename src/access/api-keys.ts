import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { inTransaction, type Pool, type Session, type Statement, sessionOf } from '#platform/postgres.ts';
import { digestOf, newToken } from './tokens.ts';

/** So much of a key stays readable, for its keeper to know it again: 36 of 256 bits. */
const prefixLength = 6;
const keysPageMax = 100;

/** A key as it is listed: never what it is. */
export interface KeyLine {
  readonly id: bigint;
  readonly prefix: string;
  readonly participantId: bigint;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

const give: Statement = {
  name: 'access-give-key',
  text: `select access.give_key(decode($1, 'hex'), $2, $3, $4)`,
};

/** Gives a participant a key, shown once. The database refuses it to anybody but an active administrator. */
export async function giveKey(
  pool: Pool,
  participantId: bigint,
  administrator: Actor,
): Promise<{ readonly id: bigint; readonly prefix: string; readonly key: string }> {
  const key = newToken();
  const prefix = key.slice(0, prefixLength);
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    const { rows } = await session.run(give, [digestOf(key), participantId, prefix, administrator.id]);
    const id = rows[0]?.[0] as bigint;
    await noteKey(session, { actor: administrator, act: 'api-key-given', id });
    return { id, prefix, key };
  });
}

const revoke: Statement = {
  name: 'access-revoke-key',
  text: `update access.tokens set ended_at = coalesce(ended_at, now())
    where id = $1 and role = 'participant' and idle_seconds is null`,
};

/** Revokes a key at once, everywhere; doing it again changes nothing. False when there is no such key. */
export async function revokeKey(pool: Pool, id: bigint, administrator: Actor): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    const found = (await session.run(revoke, [id])).rowCount === 1;
    if (found) await noteKey(session, { actor: administrator, act: 'api-key-revoked', id });
    return found;
  });
}

const list: Statement = {
  name: 'access-list-keys',
  text: `select id, prefix, subject_id, created_at, expires_at, ended_at from access.tokens
    where role = 'participant' and subject_id = $1 and prefix is not null order by id desc limit ${keysPageMax}`,
};

/** A participant's keys, newest first. */
export async function listKeys(session: Session, participantId: bigint): Promise<KeyLine[]> {
  const { rows } = await session.run(list, [participantId]);
  return rows.map((row) => ({
    id: row[0] as bigint,
    prefix: row[1] as string,
    participantId: row[2] as bigint,
    createdAt: row[3] as Date,
    expiresAt: row[4] as Date,
    revokedAt: row[5] as Date | null,
  }));
}

async function noteKey(
  session: Session,
  of: { readonly actor: Actor; readonly act: string; readonly id: bigint },
): Promise<void> {
  await recordAudit(session, [{ actor: of.actor, act: of.act, subject: `api-key ${of.id}`, reason: '' }]);
}
