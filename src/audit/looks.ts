import type { Session } from '#platform/postgres.ts';
import type { AuditEvent } from './rules/event.ts';
import { recordAudit } from './store.ts';

/** Whoever asks for the same again within so long looks at what was shown just now. */
const sameLookMs = 60_000;
/** More looks than this are not remembered; the oldest is forgotten, and is a row again. */
const looksMax = 20_000;

/** Puts looks into the trail, before anything is shown. */
export type RecordLook = (look: Omit<AuditEvent, 'reason'>) => Promise<void>;

/**
 * Looks of one kind at one subject by one person are a row a minute, on this instance: a page that is reloaded all
 * day long would make the trail grow without bound, and everybody who acts waits for its rows.
 */
export function openLooks(
  session: Session,
  nowMs: () => number,
  limits: { readonly looksMax: number } = { looksMax },
): RecordLook {
  const looks = new Map<string, number>();
  return async ({ actor, act, subject }) => {
    const name = `${actor.kind} ${actor.id} ${act} ${subject}`;
    const now = nowMs();
    const before = looks.get(name);
    if (before !== undefined && now - before < sameLookMs && now >= before) return;
    looks.delete(name);
    if (looks.size >= limits.looksMax) looks.delete(looks.keys().next().value as string);
    looks.set(name, now);
    try {
      await recordAudit(session, [{ actor, act, subject, reason: '' }]);
    } catch (error) {
      // What is not in the trail was not looked at: the next try writes it.
      if (looks.get(name) === now) looks.delete(name);
      throw error;
    }
  };
}
