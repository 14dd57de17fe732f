import type { Refused } from '#channels/pages/parts.ts';
import { idMax } from '#platform/columns.ts';

type RefusedStatus = 403 | 409 | 422 | 429 | 503;

const statuses: Readonly<Record<string, RefusedStatus>> = {
  'sign-in-delayed': 429,
  'too-many-tries': 429,
  'sign-in-locked': 403,
  busy: 503,
  'card-already-lost': 409,
  'card-not-lost': 409,
  'loss-is-formal': 409,
  'mandate-exists': 409,
  'mandate-missing': 409,
  'consent-outdated': 409,
};

/** The status of a page that is shown again because of a refusal; 422 when something else should be typed. */
export function statusOf(refusal: string): RefusedStatus {
  return statuses[refusal] ?? 422;
}

/** Retry-After, where the refusal says when. */
export function refusedHeaders({ retryAfterSeconds }: Refused<string>): Record<string, string> {
  return retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
}

/** The cursor of an address or null for none; undefined for a text that cannot be one. */
export function cursorOf(text: string | undefined): string | null | undefined {
  if (text === undefined) return null;
  return /^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= idMax ? text : undefined;
}
