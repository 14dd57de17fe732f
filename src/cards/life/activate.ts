import { type AccountRef, findPassword, putPasswords } from '#access/holder-secrets.ts';
import { putPin } from '#access/payment-pin.ts';
import { hashQueryPassword, secretsGivenEvents } from '#access/query-password.ts';
import { isSimple } from '#access/rules/query-password.ts';
import type { SignInDesk } from '#access/sign-in/desk.ts';
import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { inTransaction, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { lockCard } from './store.ts';
import { type StepRefusal, type StepTaken, takeStepWithin } from './take-step.ts';

/** A card that is handed out at the counter. The holder types both secrets there; neither is shown to the clerk. */
export interface Activation {
  readonly cardId: bigint;
  /** Six digits each; both or none: a card account that has them keeps them with its next card. */
  readonly given: { readonly queryPassword: string; readonly paymentPin: string } | null;
  readonly actor: Actor;
  readonly reason: string;
}

export type ActivateRefusal =
  | StepRefusal
  | { readonly kind: 'password-too-simple' | 'secrets-needed' | 'busy' };

/**
 * Activates a card, and gives its card account the query password and the payment PIN, all in one transaction. A
 * card that is active already is answered as it is, and its secrets are left alone whatever is said.
 */
export async function activateCard(
  pool: Pool,
  desk: SignInDesk,
  order: Activation,
): Promise<StepTaken | ActivateRefusal> {
  const { given, cardId } = order;
  if (given !== null && isTooSimple(given)) return { kind: 'password-too-simple' };
  const account = await accountOf(sessionOf(pool), cardId);
  if (account === null) return { kind: 'card-unknown' };
  const hash = given === null ? null : await hashQueryPassword(desk, account, given.queryPassword);
  if (hash === 'busy') return { kind: 'busy' };
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    const card = await lockCard(session, cardId);
    const isNew = card?.status === 'not-active';
    if (isNew && given === null && (await findPassword(session, account))?.passwordHash == null)
      return { kind: 'secrets-needed' };
    if (isNew && given !== null && hash !== null) {
      await putPasswords(session, [{ ...account, passwordHash: hash, mustChange: false }]);
      await putPin(session, desk.secrets, { ...account, pin: given.paymentPin });
    }
    const taken = await takeStepWithin(session, { ...order, step: 'activate' });
    // A card that could be activated a moment ago, under the same lock, still can.
    if (isNew && taken.kind !== 'taken') throw new Error('a card that was not active could not be activated');
    if (isNew && given !== null) await recordAudit(session, secretsGivenEvents(account, order.actor));
    return taken;
  });
}

function isTooSimple({ queryPassword, paymentPin }: NonNullable<Activation['given']>): boolean {
  return isSimple(queryPassword) || isSimple(paymentPin) || queryPassword === paymentPin;
}

async function accountOf(session: Session, cardId: bigint): Promise<AccountRef | null> {
  const card = await lockCard(session, cardId);
  return card === null ? null : { bucket: card.bucket, cardAccountId: card.cardAccountId };
}
