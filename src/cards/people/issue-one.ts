import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import {
  type CardKeys,
  findPersons,
  issueBatch,
  lockIssuing,
  type PreparedCard,
  prepareCard,
} from '#cards/issue-batch.ts';
import { type Product, readProducts } from '#cards/products.ts';
import type { IssueRefusal } from '#cards/rules/judge-issue.ts';
import { expiryOf } from '#cards/rules/life.ts';
import { type CardWish, refuseWish } from '#cards/rules/new-card.ts';
import { hainanDay } from '#platform/calendar.ts';
import { inTransaction, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { findHeldCard, type HeldCard } from './store.ts';

/** One card over the counter. Without an expiry the product's years say it. */
export interface IssueOrder {
  readonly wish: Omit<CardWish, 'expiresOn'> & { readonly expiresOn?: string | undefined };
  readonly actor: Actor;
  readonly reason: string;
}

export interface IssuedCard extends HeldCard {
  readonly kind: 'issued';
  /** Whether this very card had been issued before, and nothing was done now. */
  readonly repeated: boolean;
}

export interface IssueRefused {
  readonly kind: IssueRefusal;
}

/** Issues a card, not active yet, with its card account and its product's purses. Asked again it answers the same. */
export async function issueOne(
  pool: Pool,
  keys: CardKeys,
  order: IssueOrder,
): Promise<IssuedCard | IssueRefused> {
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    const issued = await issueUnaudited(session, keys, order);
    await auditIssue(session, order, issued);
    return issued;
  });
}

/** The audit event of what was issued now: the last statement of its transaction. */
export async function auditIssue(
  session: Session,
  { actor, reason }: Pick<IssueOrder, 'actor' | 'reason'>,
  issued: IssuedCard | IssueRefused,
): Promise<void> {
  if (issued.kind !== 'issued' || issued.repeated) return;
  await recordAudit(session, [{ actor, act: 'card-issued', subject: `card ${issued.cardId}`, reason }]);
}

/** The same inside the caller's transaction, who writes the audit event when everything else is written. */
export async function issueUnaudited(
  session: Session,
  keys: CardKeys,
  order: IssueOrder,
): Promise<IssuedCard | IssueRefused> {
  const products = await readProducts(session);
  const wish = wishOf(order, products);
  if (wish === null) return { kind: 'product-unknown' };
  const refusal = refuseWish(wish, { today: hainanDay(Date.now()), products });
  // The channel has checked number and name; what is left is for a person to put right.
  if (refusal === 'line-malformed' || refusal === 'card-number-wrong')
    throw new RangeError('a channel let a card through that cannot be one');
  if (refusal !== null) return { kind: refusal };
  await lockIssuing(session);
  const prepared = prepareCard(keys, wish);
  const same = await findSame(session, prepared);
  if (same !== null) return { kind: 'issued', ...same, repeated: true };
  const { actor, reason } = order;
  const terms = { products, actor, reason, fileId: null };
  const [issued = 'card-number-taken'] = await issueBatch(session, [prepared], terms);
  if (issued === 'duplicate-in-file') throw new Error('no file, and yet twice in it');
  if (typeof issued === 'string') return { kind: issued };
  return { kind: 'issued', ...issued, expiresOn: wish.expiresOn, repeated: false };
}

function wishOf({ wish }: IssueOrder, products: ReadonlyMap<string, Product>): CardWish | null {
  const product = products.get(wish.product);
  if (product === undefined) return null;
  return { ...wish, expiresOn: wish.expiresOn ?? expiryOf(hainanDay(Date.now()), product.validityYears) };
}

/** The card of this number, if it is the one that this person has of this product. */
async function findSame(session: Session, card: PreparedCard): Promise<HeldCard | null> {
  const persons = await findPersons(session, [card.idNumberDigest]);
  const personId = persons.get(card.idNumberDigest);
  return personId === undefined ? null : findHeldCard(session, { ...card, personId });
}
