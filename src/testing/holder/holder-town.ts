import { lookRecorder } from '#audit/looks.ts';
import { issueCards } from '#cards/issue.ts';
import { httpApp } from '#channels/http/app.ts';
import { serveHttp } from '#channels/http/serve.ts';
import type { Clearing } from '#clearing/open.ts';
import { purses } from '#ledger/rules/accounts.ts';
import type { Log } from '#platform/log.ts';
import { openSecrets } from '#platform/secrets.ts';
import { type HolderPorts, holderPages } from '#start/holder-pages.ts';
import { masterKeyHex, openHttpTown } from '#testing/http/http-town.ts';
import { cardNumber, cardRef } from '#testing/town.ts';
import { enrolPlaces, liveSomeDays } from './holder-life.ts';
import { holderPorts, type TownHolder } from './holder-ports.ts';

/** The cards of the town's holders: one with a life, one that is new, others to be lost, locked, or looked at. */
export const holderCards = { lively: 101, fresh: 102, toLose: 103, toLock: 104, other: 105 } as const;
export type HolderCard = keyof typeof holderCards;

export const holderNumber = (card: HolderCard) => cardNumber(holderCards[card]);
export const holderAccount = (card: HolderCard) => cardRef(holderCards[card]).cardAccountId;

export interface HolderTownOptions {
  readonly publicUrl?: string;
  readonly log?: Log;
  /** Ports of the test's own, to see what the pages do with what they answer. */
  readonly ports?: Partial<HolderPorts>;
}

/** A town whose holders have pages, on a port of 127.0.0.1 and without one. */
export interface HolderTown {
  readonly address: string;
  readonly app: ReturnType<typeof httpApp>;
  readonly clearing: Clearing;
  readonly owner: Awaited<ReturnType<typeof openHttpTown>>['owner'];
  close(): Promise<void>;
}

export async function openHolderTown(url: string, options: HolderTownOptions = {}): Promise<HolderTown> {
  const house = await openHttpTown(url, {
    merchants: 1,
    cards: 1,
    ...(options.log === undefined ? {} : { log: options.log }),
  });
  const secrets = openSecrets({ masterKeyHex, dataDir: '/' });
  await enrolPlaces(house.owner, secrets.seal);
  const holders = (Object.keys(holderCards) as HolderCard[]).map(townHolder);
  await issueCards(
    house.owner,
    holders.map(({ cardAccountId, cardNumber: number }) => ({
      cardNumber: number,
      cardId: cardAccountId,
      cardAccountId,
      personId: cardAccountId,
      product: 'standard',
      expiresOn: '2036-12-31',
      status: 'active' as const,
      purses,
    })),
    secrets.cardNumberDigest,
  );
  const { clearing, session, log } = house.parts;
  await clearing.reference.refresh();
  for (const card of [holderCards.lively, holderCards.other]) await liveSomeDays(clearing, card);
  const ports = { ...holderPorts(house.owner, holders), ...options.ports };
  const pages = holderPages(
    { session, clearing, log, publicUrl: options.publicUrl, recordLook: lookRecorder(session) },
    ports,
  );
  const app = httpApp(house.parts, [pages]);
  const server = await serveHttp(app, { host: '127.0.0.1', port: 0, limits: { drainMs: 1_000 } });
  const close = async () => {
    await server.stop();
    await house.close();
  };
  return { address: `http://127.0.0.1:${server.port}`, app, clearing, owner: house.owner, close };
}

function townHolder(card: HolderCard): TownHolder {
  return {
    cardAccountId: holderAccount(card),
    cardNumber: holderNumber(card),
    holder: card === 'other' ? '<b>王</b>*' : '符**',
    hasLists: card === 'lively',
  };
}
