import { type CardStep, lifeRules } from '#cards/rules/life.ts';
import type { CardStatus } from '#cards/rules/status.ts';

/** What staff may do to a card by hand; an expiry comes by itself. */
const cardActs = [
  'activate',
  'report-temporary-loss',
  'lift-temporary-loss',
  'report-loss',
  'lock',
  'unlock',
  'replace',
  'close',
] as const satisfies readonly CardStep[];
export type CardAct = (typeof cardActs)[number];

/** What an operator does for a holder who stands at the counter with the card: nothing of it changes the card. */
export const counterActs = ['release-sign-in', 'release-pin', 'reset-password'] as const;
export type CounterAct = (typeof counterActs)[number];
export type AnyAct = CardAct | CounterAct;

export function isCardAct(text: string): text is CardAct {
  return (cardActs as readonly string[]).includes(text);
}

export function isCounterAct(text: string): text is CounterAct {
  return (counterActs as readonly string[]).includes(text);
}

/** What may be done to a card that is this, in the order of the table of its life. */
export function actsFor(status: CardStatus): CardAct[] {
  return cardActs.filter((act) => lifeRules[act].from.includes(status));
}

/** What the card is after the act. */
export function statusAfter(act: CardAct): CardStatus {
  return lifeRules[act].to;
}

/**
 * Whether an act may go on that was confirmed for a card that was `shown`: it still is, or it is already what the act
 * makes of it (a second click). Anything else was done meanwhile, and the person must see it first.
 */
export function stillFits(act: CardAct, shown: CardStatus, now: CardStatus): boolean {
  return now === shown || now === statusAfter(act);
}
