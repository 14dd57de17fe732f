import type { Actor } from '#audit/rules/event.ts';
import { readProducts } from '#cards/products.ts';
import { type CardStep, judgeStep, lifeRules, liftsAtMs } from '#cards/rules/life.ts';
import { type CardStatus, statusAt } from '#cards/rules/status.ts';
import { accountId, anchorAccount, purses } from '#ledger/rules/accounts.ts';
import { lockAccounts } from '#ledger/store.ts';
import { hainanDay } from '#platform/calendar.ts';
import { readNowMs } from '#platform/clock/read-now.ts';
import { inTransaction, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { findStatusSince, type LockedCard, lockCard, releaseProduct } from './store.ts';
import { writeChanges } from './write-changes.ts';

/** What somebody does to a card. A replacement has a use case of its own. */
export interface StepOrder {
  readonly cardId: bigint;
  readonly step: Exclude<CardStep, 'replace'>;
  readonly actor: Actor;
  readonly reason: string;
}

export interface StepTaken {
  readonly kind: 'taken';
  readonly cardId: bigint;
  readonly cardAccountId: bigint;
  readonly status: CardStatus;
  /** From when on it counts: payments that are decided later meet it. */
  readonly effectiveAt: Date;
  /** When a temporary loss lifts itself. */
  readonly liftsAt: Date | null;
  /** Whether the card was there already, and nothing was done now. */
  readonly repeated: boolean;
}

export type StepRefusal =
  | { readonly kind: 'card-unknown' }
  | { readonly kind: 'purse-not-empty' }
  | { readonly kind: 'step-not-allowed'; readonly status: CardStatus };

/** Takes a step of a card's life in a transaction of its own: the answer comes after the commit. */
export function takeStep(pool: Pool, order: StepOrder): Promise<StepTaken | StepRefusal> {
  return inTransaction(pool, (client) => takeStepWithin(sessionOf(client), order));
}

/**
 * The same inside the caller's transaction, as the last that it does. The card's row is locked first, then the card
 * account's anchor: no payment that was decided on the old status is still under way when the step is committed.
 */
export async function takeStepWithin(session: Session, order: StepOrder): Promise<StepTaken | StepRefusal> {
  const card = await lockCard(session, order.cardId);
  if (card === null) return { kind: 'card-unknown' };
  const isEmpty = await lockPurses(session, card);
  // After the lock: what is decided is not older than what it waited for.
  const nowMs = await readNowMs(session);
  const moment = { nowMs, today: hainanDay(nowMs) };
  const verdict = judgeStep(order.step, card, moment);
  if (verdict.kind === 'step-not-allowed') return verdict;
  if (verdict.kind === 'repeated') return repeated(session, card, statusAt(card, moment));
  if (verdict.to === 'closed') {
    if (!isEmpty) return { kind: 'purse-not-empty' };
    await releaseProduct(session, card);
  }
  const lifts = verdict.to === 'temporarily-lost' ? await endOfLoss(session, card, nowMs) : null;
  const { step, actor, reason } = order;
  const { act } = lifeRules[step];
  const change = { card, step, actor, reason, act, from: card.status, to: verdict.to, liftsAtMs: lifts };
  const [effectiveAt = new Date(nowMs)] = await writeChanges(session, [change]);
  return taken(card, { status: verdict.to, effectiveAt, liftsAtMs: lifts, repeated: false });
}

/** Locks every purse of the card account, the anchor among them; whether they are all empty with nothing held. */
export async function lockPurses(session: Session, card: LockedCard): Promise<boolean> {
  const { bucket, cardAccountId } = card;
  const ids = new Set([
    anchorAccount(cardAccountId),
    ...purses.map((purse) => accountId(cardAccountId, purse)),
  ]);
  const keys = [...ids].sort((a, b) => (a < b ? -1 : 1)).map((id) => ({ bucket, id }));
  const accounts = await lockAccounts(session, keys);
  // A hold that is over counts no longer, but then what it held is still there.
  return [...accounts.values()].every((account) => account.balanceFen === 0n && account.heldFen === 0n);
}

async function endOfLoss(session: Session, card: LockedCard, nowMs: number): Promise<number> {
  const product = (await readProducts(session)).get(card.product);
  return liftsAtMs(nowMs, product?.temporaryLossDays ?? defaultLossDays);
}

/** For a product that has no row: the practice of the trade is a week (facts: settlement §2). */
const defaultLossDays = 7;

async function repeated(session: Session, card: LockedCard, status: CardStatus): Promise<StepTaken> {
  const effectiveAt = (await findStatusSince(session, card, status)) ?? new Date(0);
  const liftsAtMs = status === 'temporarily-lost' ? card.liftsAtMs : null;
  return taken(card, { status, effectiveAt, liftsAtMs, repeated: true });
}

function taken(
  { cardId, cardAccountId }: LockedCard,
  what: Pick<StepTaken, 'status' | 'effectiveAt' | 'repeated'> & { readonly liftsAtMs: number | null },
): StepTaken {
  const { status, effectiveAt, repeated: isRepeat, liftsAtMs: lifts } = what;
  const liftsAt = lifts === null ? null : new Date(lifts);
  return { kind: 'taken', cardId, cardAccountId, status, effectiveAt, liftsAt, repeated: isRepeat };
}
