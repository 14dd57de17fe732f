import type { PinJudgement } from '#access/payment-pin.ts';

/** As long as a signed request may be on its way. */
const rememberedMs = 5 * 60_000;
/** More envelopes than this are not remembered; the oldest is judged anew if it comes again. */
const envelopesMax = 10_000;

/** Judges each sealed PIN once, on this instance. */
export interface JudgedPins {
  judge(envelope: string, ask: () => Promise<PinJudgement>): Promise<PinJudgement>;
}

interface Judged {
  readonly atMs: number;
  readonly judgement: Promise<PinJudgement>;
}

/**
 * A holder types a PIN once, and the terminal may send it several times before anything is decided: because it was
 * told busy, or while the first is still on its way. The same envelope is the same typing, so a wrong one counts
 * once. Only "wrong" is kept: whether a PIN is right is asked each time, since it may have been locked meanwhile.
 */
export function openJudgedPins(nowMs: () => number, limits = { envelopesMax }): JudgedPins {
  const envelopes = new Map<string, Judged>();
  const forget = (envelope: string, judged: Judged) => {
    if (envelopes.get(envelope) === judged) envelopes.delete(envelope);
  };
  return {
    judge: async (envelope, ask) => {
      const known = envelopes.get(envelope);
      if (known !== undefined && nowMs() - known.atMs < rememberedMs) return known.judgement;
      envelopes.delete(envelope);
      if (envelopes.size >= limits.envelopesMax) envelopes.delete(envelopes.keys().next().value as string);
      const judged = { atMs: nowMs(), judgement: ask() };
      envelopes.set(envelope, judged);
      try {
        const judgement = await judged.judgement;
        if (judgement !== 'wrong') forget(envelope, judged);
        return judgement;
      } catch (error) {
        forget(envelope, judged);
        throw error;
      }
    },
  };
}
