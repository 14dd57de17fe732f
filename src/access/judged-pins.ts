import { askedOnce } from '#platform/limits/asked-once.ts';
import type { PinJudgement } from './payment-pin.ts';

/** As long as a signed request may be on its way. */
const rememberedMs = 5 * 60_000;
/** More envelopes than this are not remembered; the oldest is judged anew if it comes again. */
const envelopesMax = 10_000;

/** Judges each sealed PIN once, on this instance. */
export interface JudgedPins {
  judge(envelope: string, ask: () => Promise<PinJudgement>): Promise<PinJudgement>;
}

/**
 * A holder types a PIN once, and the terminal may send it several times before anything is decided: because it was
 * told busy, or while the first is still on its way. The same envelope is the same typing, so a wrong one counts
 * once. Only "wrong" is kept: whether a PIN is right is asked each time, since it may have been locked meanwhile.
 */
export function openJudgedPins(nowMs: () => number, limits = { envelopesMax }): JudgedPins {
  const once = askedOnce<PinJudgement>(nowMs, {
    rememberedMs,
    keysMax: limits.envelopesMax,
    keeps: (judgement) => judgement === 'wrong',
  });
  return { judge: once };
}
