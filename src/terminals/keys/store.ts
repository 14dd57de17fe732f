import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { KeyAlgorithm, KeyForm, MacMode } from './key-service.ts';

/** The keys of a terminal as they are kept, all of them sealed. */
export interface KeyRow {
  readonly terminalId: number;
  readonly masterAlgorithm: KeyAlgorithm;
  readonly masterSealed: Buffer;
  readonly used: UsedKeys | null;
  readonly offeredSealed: Buffer | null;
  /** Raised by each change, so that of two readings the newer is known. */
  readonly revision: number;
}

/** Working keys that a message was seen under, and the mode and form they were seen in. */
export interface UsedKeys {
  readonly sealed: Buffer;
  readonly mode: MacMode;
  readonly form: KeyForm;
}

/** Offered keys that nobody uses are the answer to each sign-on for so long. */
const offeredKept = "interval '1 day'";

const read: Statement = {
  name: 'pos-keys-read',
  text: `select terminal_id, master_algorithm, master_sealed, used_sealed, used_mode, used_form, offered_sealed,
      revision
    from terminals.pos_keys where terminal_id = any($1::int[])`,
};

/** What is kept of these terminals; who has no master key is missing. */
export async function readKeys(
  session: Session,
  terminalIds: readonly number[],
): Promise<Map<number, KeyRow>> {
  const { rows } = await session.run(read, [numberColumn(terminalIds, (id) => id)]);
  return new Map(rows.map(keyRow).map((row) => [row.terminalId, row]));
}

function keyRow(row: unknown[]): KeyRow {
  const [terminalId, masterAlgorithm, masterSealed, sealed, mode, form, offeredSealed, revision] = row;
  const used = sealed === null ? null : { sealed, mode, form };
  return { terminalId, masterAlgorithm, masterSealed, used, offeredSealed, revision } as KeyRow;
}

export interface OfferedKeys {
  readonly terminalId: number;
  readonly sealed: Buffer;
}

// Rows are locked in the order of their numbers, so that two instances never wait for each other in a ring; what
// another instance offered meanwhile stays, since the update looks at the row as it then is.
const isFree = `(k.offered_sealed is null or k.offered_at < now() - ${offeredKept})`;
const offer: Statement = {
  name: 'pos-keys-offer',
  text: `with mine as (select k.terminal_id from terminals.pos_keys k
      where k.terminal_id = any($1::int[]) and ${isFree} order by k.terminal_id for no key update)
    update terminals.pos_keys k set offered_sealed = decode(n.sealed, 'hex'), offered_at = now()
    from mine, unnest($1::int[], $2::text[]) n(terminal_id, sealed)
    where k.terminal_id = mine.terminal_id and n.terminal_id = mine.terminal_id and ${isFree}`,
};

/** Offers keys to terminals that have no good ones on offer; read back what came of it. */
export async function offerKeys(session: Session, offered: readonly OfferedKeys[]): Promise<void> {
  await session.run(offer, [
    numberColumn(offered, ({ terminalId }) => terminalId),
    codeColumn(offered, ({ sealed }) => sealed.toString('hex')),
  ]);
}

export interface TakenKeys {
  readonly terminalId: number;
  readonly used: UsedKeys;
}

const isOffered = "k.offered_sealed = decode(n.sealed, 'hex')";
const take: Statement = {
  name: 'pos-keys-take',
  text: `with mine as (select k.terminal_id from terminals.pos_keys k
      join unnest($1::int[], $4::text[]) n(terminal_id, sealed) on n.terminal_id = k.terminal_id and ${isOffered}
      order by k.terminal_id for no key update of k)
    update terminals.pos_keys k set used_sealed = k.offered_sealed, used_mode = n.mode, used_form = n.form,
      used_since = now(), offered_sealed = null, offered_at = null
    from mine, unnest($1::int[], $2::text[], $3::text[], $4::text[]) n(terminal_id, mode, form, sealed)
    where k.terminal_id = mine.terminal_id and n.terminal_id = mine.terminal_id and ${isOffered}`,
};

/** Takes offered keys into use, in place of those before; those that are on offer no more are left alone. */
export async function takeKeys(session: Session, taken: readonly TakenKeys[]): Promise<void> {
  await session.run(take, [
    numberColumn(taken, ({ terminalId }) => terminalId),
    codeColumn(taken, ({ used }) => used.mode),
    codeColumn(taken, ({ used }) => used.form),
    codeColumn(taken, ({ used }) => used.sealed.toString('hex')),
  ]);
}

/** A master key, sealed by `sealMasterKey`. */
export interface SealedMasterKey {
  readonly terminalId: number;
  readonly algorithm: KeyAlgorithm;
  readonly sealed: Buffer;
}

const insert: Statement = {
  name: 'pos-keys-insert',
  text: `insert into terminals.pos_keys (terminal_id, master_algorithm, master_sealed)
    select n.terminal_id, n.algorithm, decode(n.sealed, 'hex')
    from unnest($1::int[], $2::text[], $3::text[]) n(terminal_id, algorithm, sealed)
    on conflict do nothing`,
};

/** Gives terminals their master keys; who has one keeps it. The owner's to do. How many were given. */
export async function insertMasterKeys(session: Session, keys: readonly SealedMasterKey[]): Promise<number> {
  const { rowCount } = await session.run(insert, [
    numberColumn(keys, ({ terminalId }) => terminalId),
    codeColumn(keys, ({ algorithm }) => algorithm),
    codeColumn(keys, ({ sealed }) => sealed.toString('hex')),
  ]);
  return rowCount;
}

const replace: Statement = {
  name: 'pos-keys-replace',
  text: `update terminals.pos_keys set master_algorithm = $2, master_sealed = $3, master_since = now(),
      used_sealed = null, used_mode = null, used_form = null, used_since = null,
      offered_sealed = null, offered_at = null
    where terminal_id = $1`,
};

/** Replaces a master key and ends the working keys that came under it. The owner's to do. Whether there was one. */
export async function replaceMasterKey(session: Session, key: SealedMasterKey): Promise<boolean> {
  const { rowCount } = await session.run(replace, [key.terminalId, key.algorithm, key.sealed]);
  return rowCount === 1;
}
