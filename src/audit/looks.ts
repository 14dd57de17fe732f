import type { Session } from '#platform/postgres.ts';
import type { AuditEvent } from './rules/event.ts';
import { recordAudit } from './store.ts';

/** Puts a look at personal data into the trail; resolves once it is there, so that nothing is shown unnoted. */
export type RecordLook = (look: AuditEvent) => Promise<void>;

const looksAtOnceMax = 500;
/** More looks than this do not wait: the database is behind, and the caller is told busy. */
const waitingMax = 10_000;

/** Too many looks wait to be noted; nothing was shown. */
export class LooksFull extends Error {}

/**
 * Looks gather like payments do: while one insert runs, the next collects. Each insert waits for the trail's one
 * lock, so a crowd of looks costs a few commits and not one each.
 */
export function lookRecorder(session: Session): RecordLook {
  const waiting: { look: AuditEvent; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let running = false;
  const write = async () => {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, looksAtOnceMax);
      try {
        await recordAudit(
          session,
          batch.map(({ look }) => look),
        );
        for (const item of batch) item.resolve();
      } catch (error) {
        for (const item of batch) item.reject(error);
      }
    }
    running = false;
  };
  return (look) => {
    if (waiting.length >= waitingMax) return Promise.reject(new LooksFull('too many looks wait'));
    return new Promise((resolve, reject) => {
      waiting.push({ look, resolve, reject });
      if (!running) queueMicrotask(() => void (running || write()));
    });
  };
}
