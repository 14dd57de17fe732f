import { issueCards } from '#cards/issue.ts';
import type { CardStatus } from '#cards/rules/status.ts';
import type { CardRef } from '#cards/store.ts';
import { firstCardAccountId, type Purse } from '#ledger/rules/accounts.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import type { Session } from '#platform/postgres.ts';
import { insertLimits } from '#sectors/shops/store.ts';
import { insertRules } from '#sectors/top-up/store.ts';
import { insertTariffs } from '#sectors/transit/store.ts';
import { terminalKinds } from '#terminals/rules/permission.ts';
import { insertTerminals } from '#terminals/store.ts';
import type { NaiveTerminal, NaiveTerms } from '#testing/naive/list.ts';
import { buildTown, cardNumber, cardRef, merchantTerminal, plainDigest, town } from '#testing/town.ts';

/** The town of the model test: the small town, with low limits, odd fares, and places that are shut. */
export const modelTown = {
  merchants: 4,
  /** The terminal of merchant 3 is switched off, and merchant 4 has left. */
  shutTerminal: merchantTerminal(3),
  leftTerminal: merchantTerminal(4),
  unknownTerminal: 19_999_999,
  lines: ['1', '2', 'FREE', 'ODD'],
  cardsPerEpisode: 6,
} as const;

/** What the cards of an episode are like; the place in this list is the place in the episode. */
const cardTerms: readonly { readonly purses: readonly Purse[]; readonly expiresOn: string }[] = [
  { purses: ['e-purse', 'online'], expiresOn: '2036-12-31' },
  { purses: ['e-purse', 'online'], expiresOn: '2036-12-31' },
  { purses: ['e-purse', 'online'], expiresOn: '2036-12-31' },
  { purses: ['online'], expiresOn: '2036-12-31' },
  { purses: ['e-purse'], expiresOn: '2036-12-31' },
  { purses: ['e-purse', 'online'], expiresOn: '2026-10-31' },
];

const termsOf = (cardAccountId: bigint) => {
  const place = Number(cardAccountId - firstCardAccountId) % modelTown.cardsPerEpisode;
  const terms = cardTerms[place];
  if (terms === undefined) throw new RangeError('no card of the model');
  return terms;
};

/** The cards of an episode: no two episodes share one. */
export function episodeCards(episode: number): CardRef[] {
  return cardTerms.map((_, place) => cardRef(episode * modelTown.cardsPerEpisode + place));
}

/** What the card's row says against it, as the naive books are told. */
export function cardRefusal(card: CardRef, status: CardStatus): string | null {
  if (status !== 'active') return status === 'not-active' ? 'card-not-active' : `card-${status}`;
  return termsOf(card.cardAccountId).expiresOn < '2026-11-01' ? 'card-expired' : null;
}

export const cardRow = (card: CardRef) => ({ ...termsOf(card.cardAccountId), product: town.product });

const from = '2021-01-01';

/** Builds the town with the cards of so many episodes. */
export async function buildModelTown(session: Session, episodes: number): Promise<void> {
  await buildTown(session, { merchants: 2, cards: 0 });
  const shut = { name: '商户', sector: 'shops' } as const;
  await enrolParticipants(session, [
    { ...shut, id: 3, nameEn: 'Shut', active: true },
    { ...shut, id: 4, nameEn: 'Left', active: false },
  ]);
  const terminal = {
    sector: 'shops',
    allowedKinds: terminalKinds,
    batchNumber: 1,
    keySealed: Buffer.alloc(1),
  };
  await insertTerminals(session, [
    { ...terminal, id: modelTown.shutTerminal, participantId: 3, active: false },
    { ...terminal, id: modelTown.leftTerminal, participantId: 4, active: true },
  ]);
  // These began after those of the small town, so they are the ones in force.
  await insertLimits(session, [
    {
      product: town.product,
      effectiveFrom: from,
      perPaymentFen: 9_000n,
      perDayFen: 15_000n,
      pinFreeFen: 7_000n,
    },
  ]);
  const line = { participantId: town.operatorId, effectiveFrom: from, transferWindowMinutes: 60 };
  await insertTariffs(session, [
    { ...line, line: 'FREE', fareFen: 150n, transferRate: '0' },
    { ...line, line: 'ODD', fareFen: 333n, transferRate: '0.85' },
  ]);
  const rule = { participantId: town.bankId, effectiveFrom: from };
  const limits = { perLoadFen: 200_000n, balanceMaxFen: 300_000n };
  await insertRules(session, [
    { ...rule, ...limits, purse: 'online' },
    { ...rule, ...limits, purse: 'e-purse' },
  ]);
  await issueEpisodes(session, episodes);
}

async function issueEpisodes(session: Session, episodes: number): Promise<void> {
  const cards = Array.from({ length: episodes }, (_, episode) => episodeCards(episode)).flat();
  const issued = cards.map(({ cardId, cardAccountId }) => ({
    cardNumber: cardNumber(Number(cardAccountId - firstCardAccountId)),
    cardId,
    cardAccountId,
    personId: cardAccountId,
    status: 'active' as const,
    ...termsOf(cardAccountId),
    product: town.product,
  }));
  for (let i = 0; i < issued.length; i += 5_000)
    await issueCards(session, issued.slice(i, i + 5_000), plainDigest);
}

const terminalsOf: readonly (readonly [terminal: number, NaiveTerminal])[] = [
  [merchantTerminal(1), { participant: 1, sector: 'shops', active: true, participantActive: true }],
  [merchantTerminal(2), { participant: 2, sector: 'shops', active: true, participantActive: true }],
  [modelTown.shutTerminal, { participant: 3, sector: 'shops', active: false, participantActive: true }],
  [modelTown.leftTerminal, { participant: 4, sector: 'shops', active: true, participantActive: false }],
  [town.operatorTerminal, { participant: 900_001, sector: 'transit', active: true, participantActive: true }],
  [town.bankTerminal, { participant: 900_002, sector: 'top-up', active: true, participantActive: true }],
];

/** The same town, in plain figures. */
export const naiveTerms: NaiveTerms = {
  terminals: new Map(terminalsOf),
  purses: (card) => termsOf(card).purses,
  perPaymentFen: 9_000n,
  perDayFen: 15_000n,
  pinFreeFen: 7_000n,
  perLoadFen: 200_000n,
  balanceMaxFen: 300_000n,
  fares: {
    '*': { full: 200n, transfer: 100n },
    FREE: { full: 150n, transfer: 0n },
    ODD: { full: 333n, transfer: 283n },
  },
};
