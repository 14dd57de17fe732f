import type { CardStep } from '#cards/rules/life.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { inTransaction, type Pool, sessionOf } from '#platform/postgres.ts';
import { findCurrentCard } from './store.ts';
import { type StepRefusal, type StepTaken, takeStepWithin } from './take-step.ts';

/** A holder speaks of the card that the card account has now. */
interface HolderOrder {
  readonly cardAccountId: bigint;
  readonly reason: string;
}

export interface LossReport extends HolderOrder {
  /** A temporary loss lifts itself after the days that the product sets; a formal one ends with a new card. */
  readonly temporary: boolean;
}

/**
 * A holder's own report. It counts from the moment that is answered; reported again, it is answered the same.
 * `card-unknown` for a card account that has no card any more.
 */
export function reportLossByHolder(pool: Pool, report: LossReport): Promise<StepTaken | StepRefusal> {
  return takeStepByHolder(pool, report, report.temporary ? 'report-temporary-loss' : 'report-loss');
}

/** The card was found: a temporary loss is over. A formal one is lifted by nobody; whoever calls has made sure who asks. */
export function liftLossByHolder(pool: Pool, order: HolderOrder): Promise<StepTaken | StepRefusal> {
  return takeStepByHolder(pool, order, 'lift-temporary-loss');
}

function takeStepByHolder(
  pool: Pool,
  { cardAccountId, reason }: HolderOrder,
  step: Exclude<CardStep, 'replace'>,
): Promise<StepTaken | StepRefusal> {
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    const account = { bucket: bucketOf(cardAccountId), cardAccountId };
    const cardId = await findCurrentCard(session, account);
    if (cardId === null) return { kind: 'card-unknown' };
    return takeStepWithin(session, { cardId, step, actor: { kind: 'holder', id: cardAccountId }, reason });
  });
}
