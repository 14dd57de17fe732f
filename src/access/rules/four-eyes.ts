import { createHash } from 'node:crypto';
import type { Bearer, Role } from '#access/store.ts';

/** What takes two people: who may propose it, and who may decide. No role stands on both sides. */
export const proposalKinds = {
  'subsidy-batch': { makers: ['operator'], checkers: ['finance'] },
} as const satisfies Record<string, { readonly makers: readonly Role[]; readonly checkers: readonly Role[] }>;

export type ProposalKind = keyof typeof proposalKinds;

/** Who may propose this kind. */
export function mayPropose(kind: ProposalKind, { role }: Bearer): boolean {
  return (proposalKinds[kind].makers as readonly Role[]).includes(role);
}

export interface ProposalContent {
  readonly kind: ProposalKind;
  /** What it is about, by our own ids: "batch 12". */
  readonly subject: string;
  /** All that is approved, written the same way each time. */
  readonly content: string;
}

/** The digest to which an approval is bound. */
export function contentHash({ kind, subject, content }: ProposalContent): Buffer {
  return createHash('sha256').update(`${kind}\n${subject}\n${content}`, 'utf8').digest();
}

export type DecideRefusal =
  | 'proposal-unknown'
  | 'proposal-decided'
  | 'own-proposal'
  | 'content-changed'
  | 'not-yours';

/** A proposal as it is kept. */
export interface Proposal {
  readonly id: bigint;
  readonly kind: ProposalKind;
  readonly subject: string;
  readonly contentHash: Buffer;
  readonly madeBy: bigint;
  readonly decision: 'approved' | 'rejected' | null;
}

/**
 * Why this bearer may not decide this proposal, or null. A rejection is held to the content too: whoever decides
 * has seen what stands there now.
 */
export function refuseDecision(
  proposal: Proposal | null,
  checker: Bearer,
  content: string,
): DecideRefusal | null {
  if (proposal === null) return 'proposal-unknown';
  const checkers: readonly Role[] = proposalKinds[proposal.kind].checkers;
  if (proposal.madeBy === checker.subjectId) return 'own-proposal';
  if (!checkers.includes(checker.role)) return 'not-yours';
  if (proposal.decision !== null) return 'proposal-decided';
  return contentHash({ ...proposal, content }).equals(proposal.contentHash) ? null : 'content-changed';
}
