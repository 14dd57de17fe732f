import { askedOnce } from '#platform/limits/asked-once.ts';
import { gatherer } from '#platform/limits/gatherer.ts';
import type { Session } from '#platform/postgres.ts';
import type { AuditEvent } from './rules/event.ts';
import { recordAudit } from './store.ts';

/** Puts a look at personal data into the trail; resolves once it is there, so that nothing is shown unnoted. */
export type RecordLook = (look: AuditEvent) => Promise<void>;

/** The look of a terminal that has the card before it, as the trail notes it. */
export function terminalLook(terminalId: number, cardAccountId: bigint): AuditEvent {
  const actor = { kind: 'terminal', id: BigInt(terminalId) } as const;
  return { actor, act: 'balances-looked-at', subject: `card-account ${cardAccountId}`, reason: '' };
}

const looksAtOnceMax = 500;
/** More looks than this do not wait: the database is behind, and the caller is told busy. */
const waitingMax = 10_000;

/**
 * Looks gather like payments do: while one insert runs, the next collects. Each insert waits for the trail's one
 * lock, so a crowd of looks costs a few commits and not one each. Beyond their limit `TooManyWait` is thrown.
 */
export function lookRecorder(session: Session): RecordLook {
  return gatherer({ atOnceMax: looksAtOnceMax, waitingMax }, async (looks: readonly AuditEvent[]) => {
    await recordAudit(session, looks);
    return looks.map(() => undefined);
  });
}

/** Whoever asks for the same again within so long looks at what was shown just now. */
const sameLookMs = 60_000;
/** More looks than this are not remembered; the oldest is forgotten, and is a row again. */
const rememberedMax = 20_000;

/**
 * Looks of one kind at one subject by one person are a row a minute, on this instance: a page that is reloaded all
 * day long would make the trail grow without bound, and everybody who acts waits for its rows.
 */
export function onceAMinute(
  record: RecordLook,
  nowMs: () => number,
  { remembered = rememberedMax }: { readonly remembered?: number } = {},
): RecordLook {
  const once = askedOnce<void>(nowMs, { rememberedMs: sameLookMs, keysMax: remembered });
  // A look that is being written is waited for; what is not in the trail was not looked at, and the next try writes it.
  return (look) => {
    const { actor, act, subject, reason } = look;
    return once(JSON.stringify([actor.kind, String(actor.id), act, subject, reason]), () => record(look));
  };
}
