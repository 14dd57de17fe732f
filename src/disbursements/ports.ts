import type { Bearer } from '#access/store.ts';
import type { Pool, Session } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Payee } from './rules/judge-line.ts';

export type ProposeRefusal = 'not-yours' | 'proposal-open';
export type DecideRefusal =
  | 'not-yours'
  | 'proposal-unknown'
  | 'proposal-decided'
  | 'own-proposal'
  | 'content-changed';

/** The one choke point of all that takes two people. */
export interface FourEyes {
  propose(
    session: Session,
    proposed: {
      readonly kind: 'subsidy-batch';
      readonly subject: string;
      readonly content: string;
      readonly maker: Bearer;
    },
  ): Promise<bigint | ProposeRefusal>;
  decideProposal(
    session: Session,
    decided: {
      readonly id: bigint;
      readonly content: string;
      readonly checker: Bearer;
      readonly decision: 'approved' | 'rejected';
      readonly reason: string;
    },
  ): Promise<'approved' | 'rejected' | DecideRefusal>;
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
  readonly findPayees: (session: Session, digests: readonly string[]) => Promise<ReadonlyMap<string, Payee>>;
  readonly nowMs: () => number;
}
