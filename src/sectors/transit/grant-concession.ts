import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { anchorAccount, bucketOf } from '#ledger/rules/accounts.ts';
import { lockAccounts } from '#ledger/store.ts';
import type { Session } from '#platform/postgres.ts';
import { maskWritten } from '#platform/rules/mask.ts';
import { insertConcessions, readGrantsOf } from './riders/store.ts';
import type { Grant } from './rules/concession.ts';
import { type GrantRefusal, judgeGrant } from './rules/grant.ts';

/** A category for a card account: from a day on, to a day or without end; "none" takes one away. */
export interface Concession extends Grant {
  readonly cardAccountId: bigint;
  readonly grantedBy: Actor;
  /** Why, as the operator wrote it: 1 to 200 characters. */
  readonly reason: string;
}

/**
 * Gives a card account a category, in the transaction of the session, and says so in the audit trail. Rides from
 * then on are priced by it; the same grant again changes nothing. `today` is the day in Hainan.
 */
export async function grantConcession(
  session: Session,
  concession: Concession,
  today: string,
): Promise<GrantRefusal | 'not-found' | { readonly replay: boolean }> {
  const { cardAccountId, category, grantedBy } = concession;
  const bucket = bucketOf(cardAccountId);
  // Two grants at once would take the same number; a ride that is on its way is priced before or after.
  const locked = await lockAccounts(session, [{ bucket, id: anchorAccount(cardAccountId) }]);
  if (locked.size === 0) return 'not-found';
  const known = await readGrantsOf(session, { bucket, ownerId: cardAccountId }, category);
  const verdict = judgeGrant(concession, today, known);
  if (verdict === 'repeat') return { replay: true };
  if (verdict !== null) return verdict;
  await insertConcessions(session, [{ ...concession, bucket, reason: maskWritten(concession.reason) }]);
  const act = category === 'none' ? 'concession-withdrawn' : 'concession-granted';
  const subject = `card-account ${cardAccountId}`;
  await recordAudit(session, [{ actor: grantedBy, act, subject, reason: concession.reason }]);
  return { replay: false };
}
