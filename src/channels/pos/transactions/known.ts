import type { PosParts } from '#channels/pos/parts.ts';
import type { KnownOutcome } from '#clearing/rules/state.ts';
import { findOutcomes } from '#clearing/store.ts';
import type { PackedKey } from '#idempotency/rules/keys.ts';

/** What the books know under these keys of either kind. */
export async function findKnown(
  parts: PosParts,
  keys: readonly PackedKey[],
): Promise<Map<PackedKey, KnownOutcome>> {
  const found = await findOutcomes(parts.session, { callerKeys: keys, businessKeys: keys });
  const known = new Map<PackedKey, KnownOutcome>();
  for (const outcome of found) {
    known.set(outcome.businessKey, outcome);
    if (outcome.callerKey !== null) known.set(outcome.callerKey, outcome);
  }
  return known;
}
