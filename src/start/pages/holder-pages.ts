import { bearerOf } from '#access/tokens.ts';
import type { RecordLook } from '#audit/looks.ts';
import type { Mount } from '#channels/http/app.ts';
import { holderApp } from '#channels/pages/holder-app.ts';
import type { HolderParts } from '#channels/pages/parts.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import type { Clearing } from '#clearing/open.ts';
import type { Log } from '#platform/log.ts';
import type { Session } from '#platform/postgres.ts';

/** What is there in every service that runs: the books, the reference data, the trail. */
interface Running {
  readonly session: Session;
  readonly clearing: Clearing;
  readonly recordLook: RecordLook;
  readonly log: Log;
  readonly publicUrl: string | undefined;
  readonly proxyAddress?: string | undefined;
}

type Found =
  | 'session'
  | 'log'
  | 'nowMs'
  | 'publicUrl'
  | 'proxyAddress'
  | 'bearerOf'
  | 'participantName'
  | 'recordLook';

/** What the other rooms do for the pages: sign-ins, card life, subsidies, bills, automatic top-up. */
export type HolderPorts = Omit<HolderParts, Found>;

/** The holder's pages, ready to be mounted beside the interface. */
export function holderPages(running: Running, ports: HolderPorts): Mount {
  const { session, clearing, recordLook, log, publicUrl, proxyAddress } = running;
  const app = holderApp({
    ...ports,
    session,
    log,
    publicUrl,
    proxyAddress,
    nowMs: Date.now,
    bearerOf: (token) => bearerOf(session, token),
    participantName: (id) => {
      const participant = clearing.reference.current().participants.get(id);
      return participant === undefined ? undefined : { zh: participant.name, en: participant.nameEn };
    },
    recordLook: ({ cardAccountId, act }) =>
      recordLook({
        actor: { kind: 'holder', id: cardAccountId },
        act,
        subject: `card-account ${cardAccountId}`,
        reason: '',
      }),
  });
  return { path: pagesRoot, app };
}
