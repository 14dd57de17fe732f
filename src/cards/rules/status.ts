/** What a card's row may say of it. */
export const cardStatuses = [
  'active',
  'not-active',
  'temporarily-lost',
  'lost',
  'locked',
  'replaced',
  'expired',
  'closed',
] as const;
export type CardStatus = (typeof cardStatuses)[number];

export type CardRefusal =
  | 'card-not-active'
  | 'card-temporarily-lost'
  | 'card-lost'
  | 'card-locked'
  | 'card-replaced'
  | 'card-closed'
  | 'card-expired';

const refusals: Record<Exclude<CardStatus, 'active'>, CardRefusal> = {
  'not-active': 'card-not-active',
  'temporarily-lost': 'card-temporarily-lost',
  lost: 'card-lost',
  locked: 'card-locked',
  replaced: 'card-replaced',
  expired: 'card-expired',
  closed: 'card-closed',
};

/** What of a card says whether it is good. */
export interface CardTerms {
  readonly status: CardStatus;
  /** The last day it is good. */
  readonly expiresOn: string;
  /** When a temporary loss lifts itself; null: not by itself. */
  readonly liftsAtMs: number | null;
}

/** The moment a card is looked at: in milliseconds, and the day it is in Hainan. */
export interface Moment {
  readonly nowMs: number;
  readonly today: string;
}

/**
 * What a card is at a moment, whatever its row still says: a temporary loss counts up to its last millisecond,
 * and a card up to the end of the day it expires on. The sweeper only tidies up.
 */
export function statusAt(card: CardTerms, { nowMs, today }: Moment): CardStatus {
  const { liftsAtMs } = card;
  const isOver = card.status === 'temporarily-lost' && liftsAtMs !== null && liftsAtMs <= nowMs;
  const status = isOver ? 'active' : card.status;
  const ends = status === 'active' || status === 'not-active';
  return ends && card.expiresOn < today ? 'expired' : status;
}

/** Why a card may not pay, or null. A card that was never made active says so, also when it has expired. */
export function refuseCard(card: CardTerms, moment: Moment): CardRefusal | null {
  if (card.status === 'not-active') return refusals['not-active'];
  const status = statusAt(card, moment);
  return status === 'active' ? null : refusals[status];
}
