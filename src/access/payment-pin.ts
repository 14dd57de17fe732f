import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { AccountRef } from './holder-secrets.ts';
import { isSimple } from './rules/query-password.ts';

/** So many wrong PINs in a row lock it, until an operator opens it again. */
const pinFailuresMax = 3;

export type PinJudgement = 'right' | 'wrong' | 'locked' | 'not-set';

const auditSubject = (account: AccountRef) => `card-account ${account.cardAccountId}`;

const put: Statement = {
  name: 'access-put-pin',
  text: `insert into access.holder_secrets (bucket, card_account_id, pin_check, pin_changed_at)
    values ($1, $2, decode($3, 'hex'), now())
    on conflict (bucket, card_account_id) do update
      set pin_check = excluded.pin_check, pin_changed_at = excluded.pin_changed_at, pin_failures = 0`,
};

/** Keeps a payment PIN by its check value; the failures are forgotten. Whoever calls has judged and notes it. */
export async function putPin(
  session: Session,
  secrets: Secrets,
  { bucket, cardAccountId, pin }: AccountRef & { readonly pin: string },
): Promise<void> {
  await session.run(put, [bucket, cardAccountId, secrets.pinCheck(cardAccountId, pin).toString('hex')]);
}

/** Sets a payment PIN of six digits, in the transaction of the caller; the failures are forgotten. Null when done. */
export async function setPaymentPin(
  session: Session,
  secrets: Secrets,
  given: AccountRef & { readonly pin: string; readonly actor: Actor },
): Promise<null | 'password-too-simple'> {
  if (isSimple(given.pin)) return 'password-too-simple';
  await putPin(session, secrets, given);
  await recordAudit(session, [
    { actor: given.actor, act: 'payment-pin-set', subject: auditSubject(given), reason: '' },
  ]);
  return null;
}

// The row's lock makes tries at once come one by one, a right one too: it also writes, so that nobody can look
// at more PINs at the same time than one after the other.
const judge: Statement = {
  name: 'access-check-pin',
  text: `with tried as (
      update access.holder_secrets set pin_failures = case when pin_check = decode($3, 'hex') then 0
        else pin_failures + 1 end
      where bucket = $1 and card_account_id = $2 and pin_check is not null
        and pin_failures < ${pinFailuresMax}
      returning pin_check = decode($3, 'hex') as fits)
    select (select fits from tried), exists (select from access.holder_secrets
      where bucket = $1 and card_account_id = $2 and pin_check is not null)`,
};

/**
 * Judges a payment PIN by its check value (`secrets.pinCheck`) in one round trip, and counts it: the third wrong one
 * in a row is still "wrong", and whatever comes then is "locked", a right one too. Run it outside of a longer
 * transaction, or a rollback would give the try back.
 */
export async function checkPin(
  session: Session,
  asked: AccountRef & { readonly check: Buffer },
): Promise<PinJudgement> {
  const check = asked.check.toString('hex');
  const { rows } = await session.run(judge, [asked.bucket, asked.cardAccountId, check]);
  const [fits, isSet] = rows[0] as [boolean | null, boolean];
  if (fits === null) return isSet ? 'locked' : 'not-set';
  return fits ? 'right' : 'wrong';
}

const release: Statement = {
  name: 'access-release-pin',
  text: `update access.holder_secrets set pin_failures = 0
    where bucket = $1 and card_account_id = $2 and pin_check is not null`,
};

/** Lets the holder try a locked PIN again, at the counter; in the transaction of the caller. Whether there is one. */
export async function releasePin(session: Session, account: AccountRef, actor: Actor): Promise<boolean> {
  const { bucket, cardAccountId } = account;
  const found = (await session.run(release, [bucket, cardAccountId])).rowCount === 1;
  if (!found) return false;
  await recordAudit(session, [
    { actor, act: 'payment-pin-released', subject: auditSubject(account), reason: '' },
  ]);
  return true;
}
