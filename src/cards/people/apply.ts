import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { type CardKeys, findPersons, lockIssuing, sealIdentity } from '#cards/issue-batch.ts';
import { readProducts } from '#cards/products.ts';
import { isIdNumber } from '#cards/rules/id-number.ts';
import type { CardWish } from '#cards/rules/new-card.ts';
import { hainanDay } from '#platform/calendar.ts';
import { inTransaction, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { auditIssue, type IssuedCard, type IssueRefused, issueUnaudited } from './issue-one.ts';
import {
  closeApplication,
  findHeldCard,
  findOpenApplication,
  hasProduct,
  insertApplication,
  insertPerson,
  lockApplication,
  type OpenedApplication,
} from './store.ts';

/** Somebody applies for a card at the counter. Photo and address are not asked for. */
export interface Application {
  readonly applicant: Pick<CardWish, 'idNumber' | 'name' | 'product'>;
  readonly actor: Actor;
  readonly reason: string;
}

export interface Applied {
  readonly kind: 'applied';
  readonly applicationId: bigint;
  /** Whether the person had applied before, and nothing was done now. */
  readonly repeated: boolean;
}

/** Takes an application; a person who has applied for the product and has no card yet is answered the same. */
export function applyForCard(
  pool: Pool,
  keys: CardKeys,
  application: Application,
): Promise<Applied | IssueRefused> {
  return inTransaction(pool, (client) => apply(sessionOf(client), keys, application));
}

async function apply(
  session: Session,
  keys: CardKeys,
  { applicant, actor, reason }: Application,
): Promise<Applied | IssueRefused> {
  const { idNumber, product } = applicant;
  if (!isIdNumber(idNumber, hainanDay(Date.now()))) return { kind: 'id-number-wrong' };
  if (!(await readProducts(session)).has(product)) return { kind: 'product-unknown' };
  await lockIssuing(session);
  const identity = sealIdentity(keys, applicant);
  const known = (await findPersons(session, [identity.idNumberDigest])).get(identity.idNumberDigest);
  if (known !== undefined) {
    if (await hasProduct(session, { personId: known, product })) return { kind: 'person-has-card' };
    const open = await findOpenApplication(session, { personId: known, product });
    if (open !== null) return { kind: 'applied', applicationId: open, repeated: true };
  }
  const personId = known ?? (await insertPerson(session, identity));
  const applicationId = await insertApplication(session, { personId, product });
  const subject = `application ${applicationId}`;
  await recordAudit(session, [{ actor, act: 'card-applied-for', subject, reason }]);
  return { kind: 'applied', applicationId, repeated: false };
}

/** The card that is issued for an application: whose it is and which product stand in the application. */
export interface IssueForApplication {
  readonly applicationId: bigint;
  readonly cardNumber: string;
  readonly expiresOn?: string | undefined;
  readonly actor: Actor;
  readonly reason: string;
}

/** Issues the card of an application. Asked again with the same number it answers the same. */
export function issueForApplication(
  pool: Pool,
  keys: CardKeys & { openPersonal(sealed: Buffer): string },
  order: IssueForApplication,
): Promise<IssuedCard | IssueRefused> {
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    // Before the application's row, as everybody who issues does.
    await lockIssuing(session);
    const found = await lockApplication(session, order.applicationId);
    if (found === null) return { kind: 'application-unknown' };
    if (found.cardId !== null) return sameCard(session, keys, { order, found });
    const { cardNumber, expiresOn, actor, reason } = order;
    const idNumber = keys.openPersonal(found.idNumberSealed);
    const name = keys.openPersonal(found.nameSealed);
    const wish = { cardNumber, idNumber, name, product: found.product, expiresOn };
    const issued = await issueUnaudited(session, keys, { wish, actor, reason });
    if (issued.kind !== 'issued') return issued;
    await closeApplication(session, { id: order.applicationId, cardId: issued.cardId });
    await auditIssue(session, order, issued);
    return issued;
  });
}

/** The card that was issued for it, if it is asked for by its own number. */
async function sameCard(
  session: Session,
  keys: CardKeys,
  { order, found }: { readonly order: IssueForApplication; readonly found: OpenedApplication },
): Promise<IssuedCard | IssueRefused> {
  const numberDigest = keys.cardNumberDigest(order.cardNumber).toString('hex');
  const held = await findHeldCard(session, { ...found, numberDigest });
  if (held === null || held.cardId !== found.cardId) return { kind: 'application-done' };
  return { kind: 'issued', ...held, repeated: true };
}
