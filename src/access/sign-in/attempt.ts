import { freeFailures, lockFailures } from '#access/rules/delays.ts';
import type { OpenedSession } from '#access/tokens.ts';
import { type Actor, type AuditEvent, systemActor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { inTransaction, type Session, sessionOf } from '#platform/postgres.ts';
import type { SignInDesk } from './desk.ts';
import type { Hasher } from './passwords.ts';
import { clearTries, type DelayedTry, reserveTry } from './tries.ts';

/** Why somebody was not signed in. None of them tells whether there is such a card or name. */
export interface SignInRefused {
  readonly refusal: 'sign-in-wrong' | DelayedTry['refusal'] | 'too-many-tries' | 'busy';
  readonly retryAfterSeconds: number | null;
}

/** Somebody who was found behind a card number or a name. */
export interface Known {
  readonly actor: Actor;
  /** The audit trail's word for it: "card-account 1000001". */
  readonly auditSubject: string;
  /** What is hashed with the password. */
  readonly hashSubject: string;
  readonly passwordHash: string | null;
}

/** One try to prove who one is. */
export interface Attempt<Who extends Known, Result> {
  /** What failures are counted under, known or not: "holder 9…". Only its keyed digest is kept. */
  readonly subject: string;
  /** The client's address; null where the caller is inside already. */
  readonly address: string | null;
  readonly password: string;
  readonly find: (session: Session) => Promise<Who | null>;
  /** What else has to be hashed once the password was right, outside of any transaction. */
  readonly prepare?: (hasher: Hasher, who: Who) => Promise<void>;
  /** In the transaction of the success: null says that it was wrong after all, and undoes it. */
  readonly open: (session: Session, who: Who) => Promise<Result | null>;
  /** What the trail calls a success: "holder-signed-in". */
  readonly act: string;
}

/** Makes one try: address, place in the line, count, and only then the password. */
export async function attempt<Who extends Known, Result = OpenedSession>(
  desk: SignInDesk,
  asked: Attempt<Who, Result>,
): Promise<Result | SignInRefused> {
  const waitSeconds = asked.address === null ? 0 : desk.addresses.take(asked.address);
  if (waitSeconds > 0) return { refusal: 'too-many-tries', retryAfterSeconds: waitSeconds };
  const answer = await desk.passwords.withPlace((hasher) => tryOnce(desk, asked, hasher));
  return answer === 'busy' ? { refusal: 'busy', retryAfterSeconds: 1 } : answer;
}

async function tryOnce<Who extends Known, Result>(
  desk: SignInDesk,
  asked: Attempt<Who, Result>,
  hasher: Hasher,
): Promise<Result | SignInRefused> {
  const session = sessionOf(desk.pool);
  const digest = desk.secrets.subjectDigest(asked.subject).toString('hex');
  const reserved = await reserveTry(session, digest);
  if ('refusal' in reserved) return reserved;
  const who = await asked.find(session);
  // Whoever is not there is hashed for as well: the answer takes as long.
  const said = { subject: who?.hashSubject ?? asked.subject, password: asked.password };
  const isRight = await hasher.verify(said, who?.passwordHash ?? null);
  if (isRight && who !== null) {
    await asked.prepare?.(hasher, who);
    const opened = await succeed(desk, { asked, who, digest });
    if (opened !== null) return opened;
  }
  await noteFailure(desk, who, reserved.failures);
  return { refusal: 'sign-in-wrong', retryAfterSeconds: null };
}

class WrongAfterAll extends Error {}

async function succeed<Who extends Known, Result>(
  desk: SignInDesk,
  {
    asked,
    who,
    digest,
  }: { readonly asked: Attempt<Who, Result>; readonly who: Who; readonly digest: string },
): Promise<Result | null> {
  try {
    return await inTransaction(desk.pool, async (client) => {
      const session = sessionOf(client);
      const opened = await asked.open(session, who);
      if (opened === null) throw new WrongAfterAll();
      await clearTries(session, [digest]);
      await recordAudit(session, [
        { actor: who.actor, act: asked.act, subject: who.auditSubject, reason: '' },
      ]);
      return opened;
    });
  } catch (error) {
    if (error instanceof WrongAfterAll) return null;
    throw error;
  }
}

/**
 * Wrong tries are put into the trail where a delay begins and where the door locks: two rows a day for each card
 * or name, whatever a guesser does; and for all that we do not know together one row a minute.
 */
async function noteFailure(desk: SignInDesk, who: Known | null, failures: number): Promise<void> {
  const acts: Readonly<Record<number, string>> = {
    [freeFailures]: 'sign-in-slowed',
    [lockFailures]: 'sign-in-locked',
  };
  const act = acts[failures];
  if (act === undefined || (who === null && !desk.mayNoteUnknown())) return;
  const event: AuditEvent = {
    actor: systemActor,
    act,
    subject: who?.auditSubject ?? 'sign-in 0',
    reason: '',
  };
  await recordAudit(sessionOf(desk.pool), [event]);
}
