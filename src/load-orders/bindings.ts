import { type Actor, systemActor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import { inTransaction, type Pool, type Session, type Statement, sessionOf } from '#platform/postgres.ts';

/** A bank account that loads are taken from, as it may be shown, and how its bank is reached. */
export interface Binding {
  readonly id: bigint;
  readonly cardAccountId: bigint;
  /** The bank, as a participant. */
  readonly participantId: number;
  readonly accountTail: string;
  readonly accountSealed: Buffer;
  /** Null where the bank is not connected. */
  readonly bank: { readonly address: string; readonly clientId: number; readonly keySealed: Buffer } | null;
}

const columns = `b.id, b.card_account_id, b.participant_id, b.account_tail, b.account_sealed, k.address, k.client_id,
  k.key_sealed`;

function bindingOf(row: readonly unknown[]): Binding {
  return {
    id: row[0] as bigint,
    cardAccountId: row[1] as bigint,
    participantId: row[2] as number,
    accountTail: row[3] as string,
    accountSealed: row[4] as Buffer,
    bank:
      row[5] === null
        ? null
        : { address: row[5] as string, clientId: row[6] as number, keySealed: row[7] as Buffer },
  };
}

const active: Statement = {
  name: 'load-orders-active-bindings',
  text: `select ${columns} from unnest($1::smallint[], $2::bigint[]) n(bucket, id)
    cross join lateral (
      select * from load_orders.bindings
      where bucket = n.bucket and card_account_id = n.id and ended_at is null offset 0) b
    left join load_orders.banks k on k.participant_id = b.participant_id`,
};

/** The bank account bound to each of these card accounts now. */
export async function findBindings(
  session: Session,
  cardAccountIds: readonly bigint[],
): Promise<Map<bigint, Binding>> {
  const { rows } = await session.run(active, [
    numberColumn(cardAccountIds, bucketOf),
    numberColumn(cardAccountIds, (id) => id),
  ]);
  return new Map(rows.map(bindingOf).map((binding) => [binding.cardAccountId, binding]));
}

const byId: Statement = {
  name: 'load-orders-bindings-by-id',
  text: `select ${columns} from unnest($1::smallint[], $2::bigint[]) n(bucket, id)
    cross join lateral (
      select * from load_orders.bindings where bucket = n.bucket and id = n.id offset 0) b
    left join load_orders.banks k on k.participant_id = b.participant_id`,
};

/** The bindings that orders were made under, ended or not, by their own id. */
export async function findBindingsById(
  session: Session,
  refs: readonly { readonly bucket: number; readonly id: bigint }[],
): Promise<Map<bigint, Binding>> {
  const { rows } = await session.run(byId, [
    numberColumn(refs, (ref) => ref.bucket),
    numberColumn(refs, (ref) => ref.id),
  ]);
  return new Map(rows.map(bindingOf).map((binding) => [binding.id, binding]));
}

const end: Statement = {
  name: 'load-orders-end-binding',
  text: `update load_orders.bindings set ended_at = clock_timestamp()
    where bucket = $1 and card_account_id = $2 and ended_at is null`,
};
const endMandate: Statement = {
  name: 'load-orders-end-mandate-of-binding',
  text: `update load_orders.mandates set revoked_at = clock_timestamp()
    where bucket = $1 and card_account_id = $2 and revoked_at is null`,
};
const insert: Statement = {
  name: 'load-orders-insert-binding',
  text: `insert into load_orders.bindings (id, bucket, card_account_id, participant_id, account_sealed, account_tail,
      consent_version, bound_by)
    values (nextval('load_orders.ids'), $1, $2, $3, $4, $5, $6, $7)
    on conflict (bucket, card_account_id) where ended_at is null do nothing returning id`,
};

/** What staff bind, with the holder's consent. The account number is sealed here and never shown again. */
export interface NewBinding {
  readonly cardAccountId: bigint;
  readonly participantId: number;
  readonly accountNumber: string;
  readonly consentVersion: string;
  readonly actor: Actor;
}

const triesMax = 5;

/**
 * Binds a bank account in place of the one before. A mandate was given for the account before, so it ends with it. Of
 * two who bind at once the later waits, and its account is the one that counts.
 */
export async function bindAccount(
  pool: Pool,
  binding: NewBinding,
  seal: (plain: string) => Buffer,
): Promise<bigint> {
  for (let tries = 0; tries < triesMax; tries++) {
    const id = await inTransaction(pool, (client) => bindOnce(sessionOf(client), binding, seal));
    if (id !== null) return id;
  }
  throw new Error('a bank account could not be bound: others bind the same card account all the time');
}

async function bindOnce(
  session: Session,
  binding: NewBinding,
  seal: (plain: string) => Buffer,
): Promise<bigint | null> {
  const { cardAccountId, participantId, accountNumber, consentVersion, actor } = binding;
  const owner = [bucketOf(cardAccountId), cardAccountId];
  await session.run(end, owner);
  const ended = await session.run(endMandate, owner);
  const { rows } = await session.run(insert, [
    ...owner,
    participantId,
    seal(accountNumber),
    accountNumber.slice(-4),
    consentVersion,
    actor.id,
  ]);
  const id = rows[0]?.[0] as bigint | undefined;
  if (id === undefined) return null;
  const subject = `card-account ${cardAccountId}`;
  const bound = { actor, act: 'bank-account-bound', subject, reason: `consent ${consentVersion}` };
  const revoked = {
    actor: systemActor,
    act: 'auto-top-up-revoked',
    subject,
    reason: 'another bank account was bound',
  };
  await recordAudit(session, ended.rowCount > 0 ? [bound, revoked] : [bound]);
  return id;
}

const insertBanksText: Statement = {
  name: 'load-orders-insert-banks',
  text: `insert into load_orders.banks (participant_id, address, client_id, key_sealed)
    select n.id, n.address, n.client_id, decode(n.key, 'hex')
    from unnest($1::int[], $2::text[], $3::int[], $4::text[]) n(id, address, client_id, key)
    on conflict (participant_id) do update
      set address = excluded.address, client_id = excluded.client_id, key_sealed = excluded.key_sealed`,
};

/** Says where banks answer; a bank that is there gets the new address. Needs the owner's session. */
export async function connectBanks(
  session: Session,
  banks: readonly {
    readonly participantId: number;
    readonly address: string;
    readonly clientId: number;
    readonly keySealed: Buffer;
  }[],
): Promise<void> {
  await session.run(insertBanksText, [
    numberColumn(banks, (bank) => bank.participantId),
    textColumn(banks, (bank) => bank.address),
    numberColumn(banks, (bank) => bank.clientId),
    codeColumn(banks, (bank) => bank.keySealed.toString('hex')),
  ]);
}
