import type { Pool } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { type AddressLimit, limitAddresses } from './addresses.ts';
import { openPasswords, type Passwords } from './passwords.ts';

/** Where people sign in on this instance. */
export interface SignInDesk {
  /** Its own few connections: a flood of guesses waits here, and not before the payments. */
  readonly pool: Pool;
  readonly secrets: Secrets;
  readonly passwords: Passwords;
  readonly addresses: AddressLimit;
  readonly nowMs: () => number;
  /** The proxy that clients come through, which says whom it speaks for; undefined where there is none. */
  readonly proxyAddress: string | undefined;
  /** Whether an event about somebody we do not know may be put into the trail now. */
  readonly mayNoteUnknown: () => boolean;
}

const unknownEveryMs = 60_000;

/** Opens the desk. `nowMs` is the clock of one-time codes and of the address limit. */
export function openSignInDesk(parts: {
  readonly pool: Pool;
  readonly secrets: Secrets;
  readonly nowMs?: () => number;
  readonly triesPerMinuteMax?: number;
  readonly proxyAddress?: string | undefined;
}): SignInDesk {
  const { pool, secrets, nowMs = Date.now, triesPerMinuteMax, proxyAddress } = parts;
  let notedAtMs = Number.NEGATIVE_INFINITY;
  const limits =
    triesPerMinuteMax === undefined ? [] : [{ triesMax: triesPerMinuteMax, addressesMax: 20_000 }];
  return {
    pool,
    secrets,
    nowMs,
    proxyAddress,
    passwords: openPasswords(secrets.passwordPepper),
    addresses: limitAddresses(nowMs, ...limits),
    mayNoteUnknown: () => {
      if (nowMs() - notedAtMs < unknownEveryMs) return false;
      notedAtMs = nowMs();
      return true;
    },
  };
}
