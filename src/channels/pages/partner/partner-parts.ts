import type { AddressLimit } from '#access/sign-in/addresses.ts';
import type { Admitted } from '#access/store.ts';
import type { Name } from '#channels/pages/parts.ts';
import type { Log } from '#platform/log.ts';
import type { Pool, Session } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';

export const partnerRoot = '/partner';

/** What the pages of partners are built from. */
export interface PartnerParts {
  readonly pool: Pool;
  readonly session: Session;
  readonly log: Log;
  readonly publicUrl: string | undefined;
  readonly proxyAddress: string | undefined;
  readonly secrets: Pick<Secrets, 'sealCookie' | 'openCookie'>;
  readonly nowMs: () => number;
  /** How often one address may try a key. */
  readonly tries: AddressLimit;
  /** How often a partner may call, on this instance; together with the interface. */
  readonly calls: AddressLimit;
  bearerOf(token: string): Promise<Admitted | null>;
  participantName(id: number): Name | undefined;
}
