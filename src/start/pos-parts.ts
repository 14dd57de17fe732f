import type { HttpParts } from '#channels/http/parts.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import { provePin } from '#clearing/prove-pin.ts';
import { openBatchDesk } from '#terminals/batches/desk.ts';
import { softwareKeys } from '#terminals/keys/software-keys.ts';

/** What the channel of ISO 8583 is built from: cards, PINs and looks are known once, whichever channel they come by. */
export function posParts(
  http: Pick<
    HttpParts,
    'clearing' | 'pool' | 'session' | 'secrets' | 'resolveCard' | 'judgedPins' | 'recordLook' | 'log'
  >,
  nowMs: () => number = Date.now,
): PosParts {
  const { clearing, pool, session, secrets, resolveCard, judgedPins, recordLook, log } = http;
  return {
    clearing,
    session,
    resolveCard,
    recordLook,
    nowMs,
    log,
    keys: softwareKeys({ session, secrets, nowMs }),
    batches: openBatchDesk({
      pool,
      terminals: () => clearing.reference.current().terminals,
      refresh: () => clearing.reference.refresh(),
    }),
    provePin: (request, typed) => provePin({ session, judgedPins }, request, typed),
  };
}
