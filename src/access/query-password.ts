import { randomInt } from 'node:crypto';
import type { Actor, AuditEvent } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { inTransaction, type Session, sessionOf } from '#platform/postgres.ts';
import {
  type AccountRef,
  findPassword,
  isStillPassword,
  type NewPassword,
  putPasswords,
  replacePassword,
} from './holder-secrets.ts';
import { putPin } from './payment-pin.ts';
import { isSimple } from './rules/query-password.ts';
import { attempt, type Known, type SignInRefused } from './sign-in/attempt.ts';
import type { SignInDesk } from './sign-in/desk.ts';
import { clearTries } from './sign-in/tries.ts';
import { endAllSessions, type OpenedSession, openSession } from './tokens.ts';

/** Which card account a number belongs to; undefined for an unknown one. */
export type FindAccount = (cardNumber: string) => AccountRef | undefined | Promise<AccountRef | undefined>;

interface KnownHolder extends Known {
  readonly account: AccountRef;
  readonly mustChange: boolean;
}

const auditSubject = (account: AccountRef) => `card-account ${account.cardAccountId}`;
const hashSubject = (account: AccountRef) => `holder ${account.cardAccountId}`;
const triesSubject = (cardNumber: string) => `holder ${cardNumber}`;
/** What somebody has to prove who is signed in already. */
const changeSubject = (account: AccountRef) => `holder-change ${account.cardAccountId}`;
const bearerFor = (account: AccountRef) => ({ role: 'holder', subjectId: account.cardAccountId }) as const;
const actorFor = (account: AccountRef): Actor => ({ kind: 'holder', id: account.cardAccountId });
/** Looked up for a number that we do not know, so that it takes as long. */
const nobody: AccountRef = { bucket: 0, cardAccountId: 0n };

/**
 * Signs a holder in by card number and query password: a session, or why not. An unknown card, a card without a
 * password and a wrong password get the same answer in the same time.
 */
export function signInHolder(
  desk: SignInDesk,
  asked: { readonly cardNumber: string; readonly password: string; readonly address: string },
  findAccount: FindAccount,
): Promise<OpenedSession | SignInRefused> {
  return attempt<KnownHolder>(desk, {
    subject: triesSubject(asked.cardNumber),
    address: asked.address,
    password: asked.password,
    act: 'holder-signed-in',
    find: async (session) => knownHolder(session, (await findAccount(asked.cardNumber)) ?? nobody),
    open: async (session, { account, passwordHash, mustChange }) =>
      (await isStillPassword(session, account, passwordHash ?? ''))
        ? openSession(session, { ...bearerFor(account), mustChange })
        : null,
  });
}

async function knownHolder(session: Session, account: AccountRef): Promise<KnownHolder | null> {
  const kept = await findPassword(session, account);
  if (account === nobody) return null;
  return {
    account,
    actor: actorFor(account),
    auditSubject: auditSubject(account),
    hashSubject: hashSubject(account),
    passwordHash: kept?.passwordHash ?? null,
    mustChange: kept?.mustChange ?? false,
  };
}

/**
 * Changes a holder's query password. All sessions end, and a new one is opened for who changed it. The old
 * password is guessed as slowly as at the door, in case somebody else holds the session.
 */
export async function changeQueryPassword(
  desk: SignInDesk,
  account: AccountRef,
  asked: { readonly old: string; readonly new: string },
): Promise<OpenedSession | SignInRefused | { readonly refusal: 'password-too-simple' }> {
  if (asked.new === asked.old || isSimple(asked.new)) return { refusal: 'password-too-simple' };
  let to = '';
  return attempt<KnownHolder>(desk, {
    subject: changeSubject(account),
    address: null,
    password: asked.old,
    act: 'query-password-changed',
    find: (session) => knownHolder(session, account),
    prepare: async (hasher) => {
      to = await hasher.hash({ subject: hashSubject(account), password: asked.new });
    },
    open: async (session, { passwordHash }) => {
      const from = passwordHash ?? '';
      if (!(await replacePassword(session, account, { from, to }))) return null;
      await endAllSessions(session, bearerFor(account));
      return openSession(session, { ...bearerFor(account), mustChange: false });
    },
  });
}

/** Whether somebody who is signed in knows the query password: asked again before what an unlocked phone may not do. */
export function proveQueryPassword(
  desk: SignInDesk,
  account: AccountRef,
  password: string,
): Promise<'right' | SignInRefused> {
  return attempt<KnownHolder, 'right'>(desk, {
    subject: changeSubject(account),
    address: null,
    password,
    act: 'query-password-proved',
    find: (session) => knownHolder(session, account),
    open: async (session, { passwordHash }) =>
      (await isStillPassword(session, account, passwordHash ?? '')) ? 'right' : null,
  });
}

/** Sets a holder's payment PIN, who proves once more to know the query password. */
export async function choosePaymentPin(
  desk: SignInDesk,
  account: AccountRef,
  asked: { readonly password: string; readonly pin: string },
): Promise<'done' | SignInRefused | { readonly refusal: 'password-too-simple' }> {
  if (asked.pin === asked.password || isSimple(asked.pin)) return { refusal: 'password-too-simple' };
  return attempt<KnownHolder, 'done'>(desk, {
    subject: changeSubject(account),
    address: null,
    password: asked.password,
    act: 'payment-pin-set',
    find: (session) => knownHolder(session, account),
    open: async (session, { passwordHash }) => {
      if (!(await isStillPassword(session, account, passwordHash ?? ''))) return null;
      await putPin(session, desk.secrets, { ...account, pin: asked.pin });
      return 'done';
    },
  });
}

/** A query password that somebody gives to a holder, who mostly has to change it at the first sign-in. */
export interface GivenPassword extends AccountRef {
  readonly password: string;
  readonly mustChange: boolean;
}

/** A query password as it is kept for this card account, hashed outside of any transaction. */
export function hashQueryPassword(
  desk: SignInDesk,
  account: AccountRef,
  password: string,
): Promise<string | 'busy'> {
  return desk.passwords.withPlace((hasher) => hasher.hash({ subject: hashSubject(account), password }));
}

/** What the trail says of a card account that was given its query password and its payment PIN. */
export function secretsGivenEvents(account: AccountRef, actor: Actor): AuditEvent[] {
  const subject = auditSubject(account);
  return ['query-password-set', 'payment-pin-set'].map((act) => ({ actor, act, subject, reason: '' }));
}

/** Gives query passwords at the counter or at issuing; all sessions of the holders end. Null when it is done. */
export async function setQueryPasswords(
  desk: SignInDesk,
  given: readonly GivenPassword[],
  actor: Actor,
): Promise<null | 'password-too-simple' | 'busy'> {
  if (given.some(({ password }) => isSimple(password))) return 'password-too-simple';
  const rows: NewPassword[] = [];
  for (const { password, ...row } of given) {
    const passwordHash = await hashQueryPassword(desk, row, password);
    if (passwordHash === 'busy') return passwordHash;
    rows.push({ ...row, passwordHash });
  }
  await inTransaction(desk.pool, async (client) => {
    const session = sessionOf(client);
    await putPasswords(session, rows);
    for (const row of rows) await endAllSessions(session, bearerFor(row));
    await recordAudit(
      session,
      rows.map((row) => ({ actor, act: 'query-password-set', subject: auditSubject(row), reason: '' })),
    );
  });
  return null;
}

const sixDigits = 1_000_000;
const drawsMax = 100;

/** Gives a holder who forgot the query password one to sign in with once; it is shown once, and has to be changed. */
export async function resetQueryPassword(
  desk: SignInDesk,
  account: AccountRef,
  actor: Actor,
): Promise<{ readonly oneTimePassword: string } | 'busy'> {
  const drawn = Array.from({ length: drawsMax }, () => String(randomInt(sixDigits)).padStart(6, '0'));
  const password = drawn.find((digits) => !isSimple(digits));
  if (password === undefined) throw new Error('chance drew nothing but simple passwords');
  const refusal = await setQueryPasswords(desk, [{ ...account, password, mustChange: true }], actor);
  return refusal === 'busy' ? refusal : { oneTimePassword: password };
}

/** Lets the holder of this card try again, at the counter: the failures are forgotten. */
export async function releaseSignIn(
  desk: SignInDesk,
  of: { readonly cardNumber: string; readonly account: AccountRef },
  actor: Actor,
): Promise<void> {
  const subjects = [triesSubject(of.cardNumber), changeSubject(of.account)];
  await inTransaction(desk.pool, async (client) => {
    const session = sessionOf(client);
    await clearTries(
      session,
      subjects.map((subject) => desk.secrets.subjectDigest(subject).toString('hex')),
    );
    await recordAudit(session, [
      { actor, act: 'sign-in-released', subject: auditSubject(of.account), reason: '' },
    ]);
  });
}
