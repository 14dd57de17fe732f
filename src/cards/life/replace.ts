import type { Actor } from '#audit/rules/event.ts';
import { type CardKeys, findNumbers, lockIssuing } from '#cards/issue-batch.ts';
import { readProducts } from '#cards/products.ts';
import { expiryOf, judgeStep, lifeRules } from '#cards/rules/life.ts';
import type { CardStatus } from '#cards/rules/status.ts';
import { insertCardRows } from '#cards/store.ts';
import { hainanDay } from '#platform/calendar.ts';
import { readNowMs } from '#platform/clock/read-now.ts';
import { inTransaction, type Pool, type Session, type Statement, sessionOf } from '#platform/postgres.ts';
import { type LockedCard, lockCard, updateStatuses } from './store.ts';
import { lockPurses, type StepRefusal } from './take-step.ts';
import { recordChanges } from './write-changes.ts';

/** A new card in the place of an old one: another number, the same card account. */
export interface ReplaceOrder {
  readonly cardId: bigint;
  readonly cardNumber: string;
  /** Whether the new card is good at once, or is activated by its holder. */
  readonly active: boolean;
  readonly actor: Actor;
  readonly reason: string;
}

export interface Replaced {
  readonly kind: 'replaced';
  /** The new card. */
  readonly cardId: bigint;
  readonly cardAccountId: bigint;
  readonly status: CardStatus;
  readonly expiresOn: string;
  /** Whether this replacement had been made before, and nothing was done now. */
  readonly repeated: boolean;
}

export type ReplaceRefusal = StepRefusal | { readonly kind: 'card-number-taken' | 'product-unknown' };

type ReplaceKeys = Pick<CardKeys, 'cardNumberDigest' | 'hotMark'>;

/**
 * Replaces a card. Money, history and mandates stay with the card account; the old number stays on the hot list, and
 * still leads to the account, for refunds and reversals of what it paid. Asked again it answers the same.
 */
export function replaceCard(
  pool: Pool,
  keys: ReplaceKeys,
  order: ReplaceOrder,
): Promise<Replaced | ReplaceRefusal> {
  return inTransaction(pool, (client) => replace(sessionOf(client), keys, order));
}

async function replace(
  session: Session,
  keys: ReplaceKeys,
  order: ReplaceOrder,
): Promise<Replaced | ReplaceRefusal> {
  await lockIssuing(session);
  const old = await lockCard(session, order.cardId);
  if (old === null) return { kind: 'card-unknown' };
  await lockPurses(session, old);
  const numberDigest = keys.cardNumberDigest(order.cardNumber).toString('hex');
  // After the locks: what is decided is not older than what it waited for.
  const nowMs = await readNowMs(session);
  const today = hainanDay(nowMs);
  const verdict = judgeStep('replace', old, { nowMs, today });
  if (verdict.kind === 'step-not-allowed') return verdict;
  if (verdict.kind === 'repeated')
    return (
      (await findSuccessor(session, old, numberDigest)) ?? { kind: 'step-not-allowed', status: 'replaced' }
    );
  const product = (await readProducts(session)).get(old.product);
  if (product === undefined) return { kind: 'product-unknown' };
  if ((await findNumbers(session, [{ numberDigest }])).size > 0) return { kind: 'card-number-taken' };
  const card = {
    ...{ cardId: await nextCardId(session), cardAccountId: old.cardAccountId, bucket: old.bucket },
    ...{ product: old.product, expiresOn: expiryOf(today, product.validityYears), issueFileId: null },
    ...({ status: order.active ? 'active' : 'not-active', numberDigest } as const),
    numberTail: order.cardNumber.slice(-4),
    hotMark: keys.hotMark(order.cardNumber).toString('hex'),
  };
  await writeBoth(session, { old, card, order });
  const { cardId, cardAccountId, status, expiresOn } = card;
  return { kind: 'replaced', cardId, cardAccountId, status, expiresOn, repeated: false };
}

async function writeBoth(
  session: Session,
  made: {
    readonly old: LockedCard;
    readonly card: Parameters<typeof insertCardRows>[1][number];
    readonly order: ReplaceOrder;
  },
): Promise<void> {
  const { old, card, order } = made;
  const said = { actor: order.actor, reason: order.reason, liftsAtMs: null };
  const { to, act } = lifeRules.replace;
  const replaced = { card: old, step: 'replace', from: old.status, to, act, ...said } as const;
  // The old card first: a card account has one that may pay.
  await updateStatuses(session, [replaced]);
  const inserted = await insertCardRows(session, [card]);
  if (inserted.size !== 1) throw new Error('a card that nobody has could not be added');
  await recordChanges(session, [
    replaced,
    { card, step: 'issue', from: null, to: card.status, act: 'card-issued', ...said },
  ]);
}

const nextId: Statement = { name: 'cards-next-card-id', text: `select nextval('cards.card_ids')` };

async function nextCardId(session: Session): Promise<bigint> {
  return (await session.run(nextId)).rows[0]?.[0] as bigint;
}

const successor: Statement = {
  name: 'cards-successor',
  text: `select id, card_account_id, status, expires_on from cards.cards
    where bucket = $1 and card_account_id = $2 and number_digest = decode($3, 'hex') and id > $4`,
};

/** The card of this number that came after a replaced one on the same card account. */
async function findSuccessor(
  session: Session,
  old: LockedCard,
  numberDigest: string,
): Promise<Replaced | null> {
  const values = [old.bucket, old.cardAccountId, numberDigest, old.cardId];
  const row = (await session.run(successor, values)).rows[0];
  if (row === undefined) return null;
  const [cardId, cardAccountId, status, expiresOn] = row;
  return { kind: 'replaced', cardId, cardAccountId, status, expiresOn, repeated: true } as Replaced;
}
