import { heldMsMax } from '#webhooks/rules/schedule.ts';

/** Retry-After in milliseconds: seconds, or a date (RFC 9110), a day at the most; null for anything else. */
export function retryAfterMs(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1_000, heldMsMax);
  const at = / GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.min(Math.max(at - nowMs, 0), heldMsMax);
}
