import { gatherer } from '#platform/limits/gatherer.ts';
import type { Session } from '#platform/postgres.ts';
import { type CardRef, findCardsByDigest } from './store.ts';

export interface ResolveOptions {
  readonly session: Session;
  /** The keyed digest of a card number: the number itself is never stored. */
  readonly digest: (cardNumber: string) => Buffer;
  /** How many cards are remembered; beyond it the oldest is forgotten and looked up again. */
  readonly rememberedMax: number;
}

/** Finds what never changes about a card by its number, or undefined for an unknown card. */
export type ResolveCard = (cardNumber: string) => CardRef | undefined | Promise<CardRef | undefined>;

const lookUpMax = 1000;
/** More numbers than this do not wait to be looked up: the database is behind, and the caller is told busy. */
const waitingMax = 10_000;

/**
 * Card number → card, remembered because it never changes. Look-ups gather like payments do: while one query
 * runs, the next collects; beyond their limit `TooManyWait` is thrown. Unknown numbers are not remembered, since a card
 * may be issued any moment.
 */
export function cardResolver({ session, digest, rememberedMax }: ResolveOptions): ResolveCard {
  const remembered = new Map<string, CardRef>();
  const lookUp = gatherer({ atOnceMax: lookUpMax, waitingMax }, async (digests: readonly string[]) => {
    const found = await findCardsByDigest(session, [...new Set(digests)]);
    return digests.map((each) => found.get(each));
  });
  return (cardNumber) => {
    const known = remembered.get(cardNumber);
    if (known !== undefined) return known;
    return lookUp(digest(cardNumber).toString('hex')).then((card) => {
      if (card !== undefined) remember(remembered, { cardNumber, card, rememberedMax });
      return card;
    });
  };
}

function remember(
  remembered: Map<string, CardRef>,
  item: { readonly cardNumber: string; readonly card: CardRef; readonly rememberedMax: number },
): void {
  if (remembered.size >= item.rememberedMax) {
    const oldest = remembered.keys().next().value;
    if (oldest !== undefined) remembered.delete(oldest);
  }
  remembered.set(item.cardNumber, item.card);
}
