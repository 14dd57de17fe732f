import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { maskedIdNumber, maskedName } from '#cards/rules/id-number.ts';
import { type CardStatus, statusAt } from '#cards/rules/status.ts';
import { hainanDay } from '#platform/calendar.ts';
import { inTransaction, type Pool, sessionOf } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { type CardEvent, type CardSearch, type FoundRow, findRows, readEvents } from './store.ts';

/** A card as staff see it: enough to know whose it is, not enough to note it down. */
export interface FoundCard {
  readonly cardId: bigint;
  readonly cardAccountId: bigint;
  readonly numberTail: string;
  readonly product: string;
  /** What the card is now, whatever its row still says. */
  readonly status: CardStatus;
  readonly expiresOn: string;
  readonly liftsAt: Date | null;
  /** Surname and a star; null for a card of a demonstration. */
  readonly name: string | null;
  /** First three and last two. */
  readonly idNumber: string | null;
  readonly events: readonly CardEvent[];
}

export type SearchKeys = Pick<Secrets, 'cardNumberDigest' | 'personDigest' | 'openPersonal'>;

/** What staff look for: our number of a card, its own number, or its holder's. */
export type Search =
  | { readonly cardId: bigint }
  | { readonly cardNumber: string }
  | { readonly idNumber: string };

/** Finds cards for staff. Each card that is shown is a look at a person's data, and stands in the audit trail. */
export function findCards(
  pool: Pool,
  keys: SearchKeys,
  { search, actor }: { readonly search: Search; readonly actor: Actor },
): Promise<FoundCard[]> {
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    const rows = await findRows(session, digested(keys, search));
    const found: FoundCard[] = [];
    for (const row of rows) found.push(shown(row, await readEvents(session, row), keys));
    const looks = rows.map(({ cardId }) => ({ ...look, actor, subject: `card ${cardId}` }));
    if (looks.length > 0) await recordAudit(session, looks);
    return found;
  });
}

const look = { act: 'card-looked-at', reason: '' };

function digested(keys: SearchKeys, search: Search): CardSearch {
  if ('cardId' in search) return search;
  if ('cardNumber' in search)
    return { numberDigest: keys.cardNumberDigest(search.cardNumber).toString('hex') };
  return { idNumberDigest: keys.personDigest(search.idNumber).toString('hex') };
}

function shown(row: FoundRow, events: readonly CardEvent[], keys: SearchKeys): FoundCard {
  const { cardId, cardAccountId, numberTail, product, expiresOn, liftsAtMs, idNumberSealed, nameSealed } =
    row;
  const nowMs = Date.now();
  const status = statusAt(row, { nowMs, today: hainanDay(nowMs) });
  const liftsAt = status === 'temporarily-lost' && liftsAtMs !== null ? new Date(liftsAtMs) : null;
  return {
    ...{ cardId, cardAccountId, numberTail, product, status, expiresOn, liftsAt, events },
    name: nameSealed === null ? null : maskedName(keys.openPersonal(nameSealed)),
    idNumber: idNumberSealed === null ? null : maskedIdNumber(keys.openPersonal(idNumberSealed)),
  };
}
