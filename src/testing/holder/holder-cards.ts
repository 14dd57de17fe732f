import { systemActor } from '#audit/rules/event.ts';
import { activateCard } from '#cards/life/activate.ts';
import { issueOne } from '#cards/people/issue-one.ts';
import type { CardRef } from '#cards/store.ts';
import type { HttpParts } from '#channels/http/parts.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { testIdNumber, testName } from '#testing/subsidies/people.ts';

/** What every holder of the town signs in with, and pays with. */
export const townPassword = '730519';
export const townPin = '602847';

/**
 * The holders of the town: one with a life, one whose places have hostile names, one who has done nothing yet, one
 * whose card gets lost, one who guesses, one who forgot the password, one who never fetched the card.
 */
const holders = {
  lively: { cardNumber: '9460000000000101', name: testName(1) },
  hostile: { cardNumber: '9460000000000102', name: '<b>甲</b>' },
  fresh: { cardNumber: '9460000000000103', name: testName(3) },
  // A number may have letters.
  toLose: { cardNumber: '9460HN00CARD0104', name: testName(4) },
  toLock: { cardNumber: '9460000000000105', name: testName(5) },
  forgetful: { cardNumber: '9460000000000106', name: testName(6) },
  other: { cardNumber: '9460000000000107', name: testName(7) },
} as const;
export type HolderCard = keyof typeof holders;
const holderCards = Object.keys(holders) as HolderCard[];

export const holderNumber = (card: HolderCard): string => holders[card].cardNumber;

/** The person of a card, as an agency's file names them. */
export const personOf = (card: HolderCard) => ({
  idNumber: testIdNumber(holderCards.indexOf(card)),
  name: holders[card].name,
});

/** Issues every holder a senior card over the counter and activates it, with query password and payment PIN. */
export async function issueHolderCards(
  parts: Pick<HttpParts, 'pool' | 'secrets' | 'signIns'>,
): Promise<Readonly<Record<HolderCard, CardRef>>> {
  const { pool, secrets, signIns } = parts;
  const by = { actor: systemActor, reason: 'test town' };
  const given = { queryPassword: townPassword, paymentPin: townPin };
  const issued: [HolderCard, CardRef][] = [];
  for (const card of holderCards) {
    const wish = { ...personOf(card), cardNumber: holderNumber(card), product: 'senior' };
    const answer = await issueOne(pool, secrets, { wish, ...by });
    if (answer.kind !== 'issued') throw new Error(`a card was not issued: ${answer.kind}`);
    const { cardId, cardAccountId } = answer;
    const active = await activateCard(pool, signIns, { cardId, given, ...by });
    if (active.kind !== 'taken') throw new Error(`a card was not activated: ${active.kind}`);
    issued.push([card, { cardId, cardAccountId, bucket: bucketOf(cardAccountId) }]);
  }
  return Object.fromEntries(issued) as Record<HolderCard, CardRef>;
}
