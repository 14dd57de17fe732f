import { limitAddresses } from '#access/sign-in/addresses.ts';
import { bearerOf } from '#access/tokens.ts';
import { partnerApp } from '#channels/pages/partner/partner-app.ts';
import { type PartnerParts, partnerRoot } from '#channels/pages/partner/partner-parts.ts';
import type { Clearing } from '#clearing/open.ts';

type Running = Pick<
  PartnerParts,
  'pool' | 'session' | 'log' | 'publicUrl' | 'proxyAddress' | 'secrets' | 'calls'
> & {
  readonly clearing: Pick<Clearing, 'reference'>;
};

/** The pages of partners, ready to be mounted beside the interface. */
export function partnerPages({ clearing, ...running }: Running) {
  const app = partnerApp({
    ...running,
    nowMs: Date.now,
    tries: limitAddresses(Date.now),
    bearerOf: (token) => bearerOf(running.session, token),
    participantName: (id) => {
      const participant = clearing.reference.current().participants.get(id);
      return participant === undefined ? undefined : { zh: participant.name, en: participant.nameEn };
    },
  });
  return { path: partnerRoot, app };
}
