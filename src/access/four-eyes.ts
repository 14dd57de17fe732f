import { reasonLengthMax } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { maskWritten } from '#platform/rules/mask.ts';
import {
  contentHash,
  type DecideRefusal,
  mayPropose,
  type Proposal,
  type ProposalContent,
  type ProposalKind,
  refuseDecision,
} from './rules/four-eyes.ts';
import type { Bearer } from './store.ts';

// The one choke point of all that takes two people. What it cannot be talked out of stands in the database:
// the other person, once, the content unchanged (triggers and checks of access.proposals).

export type ProposeRefusal = 'not-yours' | 'proposal-open';

const insert: Statement = {
  name: 'access-insert-proposal',
  text: `insert into access.proposals (kind, subject, content_hash, made_by) values ($1, $2, $3, $4)
    on conflict do nothing returning id`,
};
const standing: Statement = {
  name: 'access-standing-proposal',
  text: `select id, content_hash, made_by, decision from access.proposals
    where kind = $1 and subject = $2 and (decision is null or decision = 'approved')`,
};

/**
 * Proposes something for another person to decide; in the transaction of the caller, who has locked what it is
 * about. The same proposal of the same maker is still one, and answers its id again; another one for the same
 * subject has to wait until the first is rejected.
 */
export async function propose(
  session: Session,
  proposed: ProposalContent & { readonly maker: Bearer },
): Promise<bigint | ProposeRefusal> {
  const { kind, subject, maker } = proposed;
  if (!mayPropose(kind, maker)) return 'not-yours';
  const hash = contentHash(proposed);
  const made = (await session.run(insert, [kind, subject, hash, maker.subjectId])).rows[0];
  if (made === undefined) return sameProposal(session, proposed, hash);
  const id = made[0] as bigint;
  await recordAudit(session, [
    {
      actor: { kind: 'staff', id: maker.subjectId },
      act: 'proposal-made',
      subject: `proposal ${id}`,
      reason: '',
    },
  ]);
  return id;
}

async function sameProposal(
  session: Session,
  { kind, subject, maker }: ProposalContent & { readonly maker: Bearer },
  hash: Buffer,
): Promise<bigint | 'proposal-open'> {
  const row = (await session.run(standing, [kind, subject])).rows[0];
  const isSame =
    row !== undefined && hash.equals(row[1] as Buffer) && row[2] === maker.subjectId && row[3] === null;
  return isSame ? (row[0] as bigint) : 'proposal-open';
}

const lock: Statement = {
  name: 'access-lock-proposal',
  text: `select id, kind, subject, content_hash, made_by, decision from access.proposals where id = $1 for update`,
};
const decide: Statement = {
  name: 'access-decide-proposal',
  text: `update access.proposals set decision = $2, decided_by = $3, decided_at = now(), reason = $4
    where id = $1 and decision is null`,
};

export interface Decision {
  readonly id: bigint;
  /** What stands there now, written as it was when it was proposed. */
  readonly content: string;
  readonly checker: Bearer;
  readonly decision: 'approved' | 'rejected';
  readonly reason: string;
}

/**
 * Decides a proposal, in the transaction of the caller, who acts on "approved" only and rolls back at a refusal.
 * Lock what the proposal is about before, and read `content` under that lock. Of two checkers one wins; the other
 * waits, and finds it decided.
 */
export async function decideProposal(
  session: Session,
  { id, content, checker, decision, reason }: Decision,
): Promise<'approved' | 'rejected' | DecideRefusal> {
  const refusal = refuseDecision(await lockProposal(session, id), checker, content);
  if (refusal !== null) return refusal;
  const kept = maskWritten(reason).slice(0, reasonLengthMax);
  const decided = await session.run(decide, [id, decision, checker.subjectId, kept]);
  if (decided.rowCount !== 1) throw new Error('a locked proposal was decided by somebody else');
  await recordAudit(session, [
    {
      actor: { kind: 'staff', id: checker.subjectId },
      act: `proposal-${decision}`,
      subject: `proposal ${id}`,
      reason,
    },
  ]);
  return decision;
}

async function lockProposal(session: Session, id: bigint): Promise<Proposal | null> {
  const row = (await session.run(lock, [id])).rows[0];
  if (row === undefined) return null;
  return {
    id,
    kind: row[1] as ProposalKind,
    subject: row[2] as string,
    contentHash: row[3] as Buffer,
    madeBy: row[4] as bigint,
    decision: row[5] as Proposal['decision'],
  };
}
