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

/** Too many card numbers wait to be looked up; nothing was done. */
export class LookUpsFull extends Error {}

/**
 * Card number → card, remembered because it never changes. Look-ups gather like payments do: while one query
 * runs, the next collects. Unknown numbers are not remembered, since a card may be issued any moment.
 */
export function cardResolver({ session, digest, rememberedMax }: ResolveOptions): ResolveCard {
  const remembered = new Map<string, CardRef>();
  const waiting: {
    digest: string;
    resolve: (card: CardRef | undefined) => void;
    reject: (error: unknown) => void;
  }[] = [];
  let running = false;

  const lookUp = async () => {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, lookUpMax);
      try {
        const found = await findCardsByDigest(session, [...new Set(batch.map((item) => item.digest))]);
        for (const item of batch) item.resolve(found.get(item.digest));
      } catch (error) {
        for (const item of batch) item.reject(error);
      }
    }
    running = false;
  };

  return (cardNumber) => {
    const known = remembered.get(cardNumber);
    if (known !== undefined) return known;
    if (waiting.length >= waitingMax) return Promise.reject(new LookUpsFull('too many card look-ups wait'));
    return new Promise<CardRef | undefined>((resolve, reject) => {
      waiting.push({ digest: digest(cardNumber).toString('hex'), resolve, reject });
      if (!running) queueMicrotask(() => void (running || lookUp()));
    }).then((card) => {
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
