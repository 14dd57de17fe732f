import type { decideProposal, propose } from '#access/four-eyes.ts';
import type { PayeeCard } from '#cards/people/find-payees.ts';
import type { Pool, Session } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';

/** The one choke point of all that takes two people. */
interface FourEyes {
  readonly propose: typeof propose;
  readonly decideProposal: typeof decideProposal;
}

/** What this room is given: its database, its secrets, the people of the cards, and the second person. */
export interface DisbursementParts {
  /** For what takes its time: a file of a hundred thousand lines is one transaction. */
  readonly pool: Pool;
  readonly secrets: Pick<Secrets, 'personDigest' | 'sealPersonal' | 'openPersonal'>;
  readonly fourEyes: FourEyes;
  /** Whether a text is a social-security number (GB 11643). */
  readonly checkIdNumber: (text: string) => boolean;
  /** Who these keyed digests (hex, as `personDigest` makes them) belong to; those who are nobody are left out. */
  readonly findPayees: (
    session: Session,
    digests: readonly string[],
  ) => Promise<ReadonlyMap<string, PayeeCard>>;
  readonly nowMs: () => number;
}
