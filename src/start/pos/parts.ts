import type { HttpParts } from '#channels/http/parts.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import { provePin } from '#clearing/prove-pin.ts';
import { openBatchDesk } from '#terminals/batches/desk.ts';
import { softwareKeys } from '#terminals/keys/software-keys.ts';

/** What ISO 8583 is answered by: what HTTP has where both must know the same, and the terminals' keys and batches. */
export function posParts(http: HttpParts): PosParts {
  const { clearing, pool, session, secrets, judgedPins, resolveCard, recordLook, log } = http;
  const { reference } = clearing;
  return {
    ...{ clearing, session, resolveCard, recordLook, log, nowMs: Date.now },
    keys: softwareKeys({ session, secrets, nowMs: Date.now }),
    batches: openBatchDesk({
      pool,
      terminals: () => reference.current().terminals,
      refresh: () => reference.refresh(),
    }),
    // A typing that HTTP judged is judged here too, and no try is counted twice.
    provePin: (request, typed) => provePin({ session, judgedPins }, request, typed),
  };
}
