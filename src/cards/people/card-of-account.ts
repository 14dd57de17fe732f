import { findCurrentCard, findStatusSince } from '#cards/life/store.ts';
import { type Product, readProducts } from '#cards/products.ts';
import { maskedName } from '#cards/rules/id-number.ts';
import { type CardStatus, statusAt } from '#cards/rules/status.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Session } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { findRows } from './store.ts';

/** The card that a card account has now, as its holder sees it. */
export interface HolderCard {
  readonly numberTail: string;
  /** What the card is now, whatever its row still says. */
  readonly status: CardStatus;
  readonly product: Product | null;
  readonly expiresOn: string;
  /** Surname and a star; null for a card of a demonstration. */
  readonly name: string | null;
  /** Since when it has this status; null where its history does not say. */
  readonly since: Date | null;
  readonly liftsAt: Date | null;
}

/** The current card of a card account; null for one whose last card was closed. */
export async function cardOfAccount(
  session: Session,
  secrets: Pick<Secrets, 'openPersonal'>,
  asked: { readonly cardAccountId: bigint; readonly nowMs: number },
): Promise<HolderCard | null> {
  const { cardAccountId, nowMs } = asked;
  const account = { bucket: bucketOf(cardAccountId), cardAccountId };
  const cardId = await findCurrentCard(session, account);
  const [row] = cardId === null ? [] : await findRows(session, { cardId });
  if (row === undefined) return null;
  const status = statusAt(row, { nowMs, today: hainanDay(nowMs) });
  const isTemporary = status === 'temporarily-lost' && row.liftsAtMs !== null;
  return {
    numberTail: row.numberTail,
    status,
    product: (await readProducts(session)).get(row.product) ?? null,
    expiresOn: row.expiresOn,
    name: row.nameSealed === null ? null : maskedName(secrets.openPersonal(row.nameSealed)),
    since: await findStatusSince(session, row, status),
    liftsAt: isTemporary ? new Date(row.liftsAtMs) : null,
  };
}
