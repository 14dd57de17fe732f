/** What a card's row may say of it. */
export const cardStatuses = ['active', 'not-active', 'lost', 'locked', 'closed'] as const;
export type CardStatus = (typeof cardStatuses)[number];

export type CardRefusal = 'card-not-active' | 'card-lost' | 'card-locked' | 'card-closed' | 'card-expired';

const refusals: Record<Exclude<CardStatus, 'active'>, CardRefusal> = {
  'not-active': 'card-not-active',
  lost: 'card-lost',
  locked: 'card-locked',
  closed: 'card-closed',
};

/** Why a card may not pay, or null. A card is good to the end of the day it expires on. */
export function refuseCard(
  card: { readonly status: CardStatus; readonly expiresOn: string },
  today: string,
): CardRefusal | null {
  if (card.status !== 'active') return refusals[card.status];
  return card.expiresOn < today ? 'card-expired' : null;
}
