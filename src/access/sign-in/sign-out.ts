import { endSession } from '#access/tokens.ts';
import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { inTransaction, type Pool, sessionOf } from '#platform/postgres.ts';

/** Ends the session of this token, on every instance at once, and says so in the trail; whether there was one. */
export function signOut(pool: Pool, of: { readonly token: string; readonly actor: Actor }): Promise<boolean> {
  const { token, actor } = of;
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    if (!(await endSession(session, token))) return false;
    const subject = `${actor.kind === 'holder' ? 'card-account' : 'staff'} ${actor.id}`;
    await recordAudit(session, [{ actor, act: 'signed-out', subject, reason: '' }]);
    return true;
  });
}
