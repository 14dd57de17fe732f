import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';

/** A card account, and where its rows live. */
export interface AccountRef {
  readonly bucket: number;
  readonly cardAccountId: bigint;
}

const find: Statement = {
  name: 'access-find-password',
  text: `select password_hash, must_change from access.holder_secrets
    where bucket = $1 and card_account_id = $2`,
};

export async function findPassword(
  session: Session,
  { bucket, cardAccountId }: AccountRef,
): Promise<{ readonly passwordHash: string | null; readonly mustChange: boolean } | null> {
  const row = (await session.run(find, [bucket, cardAccountId])).rows[0];
  if (row === undefined) return null;
  return { passwordHash: row[0] as string | null, mustChange: row[1] as boolean };
}

const share: Statement = {
  name: 'access-share-password',
  text: `select 1 from access.holder_secrets
    where bucket = $1 and card_account_id = $2 and password_hash = $3 for share`,
};

/** Holds the password still until the transaction ends; false when it is another by now. */
export async function isStillPassword(
  session: Session,
  { bucket, cardAccountId }: AccountRef,
  passwordHash: string,
): Promise<boolean> {
  return (await session.run(share, [bucket, cardAccountId, passwordHash])).rows.length === 1;
}

const put: Statement = {
  name: 'access-put-passwords',
  text: `insert into access.holder_secrets (bucket, card_account_id, password_hash, must_change,
      password_changed_at)
    select n.*, now() from unnest($1::smallint[], $2::bigint[], $3::text[], $4::boolean[]) n
    on conflict (bucket, card_account_id) do update set password_hash = excluded.password_hash,
      must_change = excluded.must_change, password_changed_at = excluded.password_changed_at`,
};

export interface NewPassword extends AccountRef {
  readonly passwordHash: string;
  readonly mustChange: boolean;
}

/** Gives these card accounts their query passwords, over those they had. */
export async function putPasswords(session: Session, rows: readonly NewPassword[]): Promise<void> {
  await session.run(put, [
    numberColumn(rows, (row) => row.bucket),
    numberColumn(rows, (row) => row.cardAccountId),
    // Quoted, because a hash has commas.
    `{${rows.map((row) => `"${row.passwordHash}"`).join(',')}}`,
    codeColumn(rows, (row) => String(row.mustChange)),
  ]);
}

const replace: Statement = {
  name: 'access-replace-password',
  text: `update access.holder_secrets set password_hash = $4, must_change = false, password_changed_at = now()
    where bucket = $1 and card_account_id = $2 and password_hash = $3`,
};

/** Puts a new password in the place of this one; false when it was another by now. */
export async function replacePassword(
  session: Session,
  account: AccountRef,
  hashes: { readonly from: string; readonly to: string },
): Promise<boolean> {
  const values = [account.bucket, account.cardAccountId, hashes.from, hashes.to];
  return (await session.run(replace, values)).rowCount === 1;
}

const without: Statement = {
  name: 'access-without-password',
  text: `select k.bucket, k.id from unnest($1::smallint[], $2::bigint[]) k(bucket, id)
    where not exists (select from access.holder_secrets s
      where s.bucket = k.bucket and s.card_account_id = k.id and s.password_hash is not null)`,
};

/** Those of these card accounts that have no query password. */
export async function findWithoutPassword(
  session: Session,
  accounts: readonly AccountRef[],
): Promise<AccountRef[]> {
  const { rows } = await session.run(without, [
    numberColumn(accounts, (account) => account.bucket),
    numberColumn(accounts, (account) => account.cardAccountId),
  ]);
  return rows.map((row) => ({ bucket: row[0] as number, cardAccountId: row[1] as bigint }));
}
