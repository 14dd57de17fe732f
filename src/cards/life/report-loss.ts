import { bucketOf } from '#ledger/rules/accounts.ts';
import { inTransaction, type Pool, sessionOf } from '#platform/postgres.ts';
import { findCurrentCard } from './store.ts';
import { type StepRefusal, type StepTaken, takeStepWithin } from './take-step.ts';

/** A holder reports the card lost that the card account has now. */
export interface LossReport {
  readonly cardAccountId: bigint;
  /** A temporary loss lifts itself after the days that the product sets; a formal one ends with a new card. */
  readonly temporary: boolean;
  readonly reason: string;
}

/**
 * A holder's own report. It counts from the moment that is answered; reported again, it is answered the same.
 * `card-unknown` for a card account that has no card any more.
 */
export function reportLossByHolder(pool: Pool, report: LossReport): Promise<StepTaken | StepRefusal> {
  const { cardAccountId, temporary, reason } = report;
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    const account = { bucket: bucketOf(cardAccountId), cardAccountId };
    const cardId = await findCurrentCard(session, account);
    if (cardId === null) return { kind: 'card-unknown' };
    return takeStepWithin(session, {
      cardId,
      step: temporary ? 'report-temporary-loss' : 'report-loss',
      actor: { kind: 'holder', id: cardAccountId },
      reason,
    });
  });
}
