import type { Secrets } from '#platform/secrets.ts';
import type { KeyForm, KeySession, MacMode, SignedBytes } from './key-service.ts';
import { algorithmOf, type MacKey, macKey } from './rules/mac.ts';
import { decodePinBlock } from './rules/pin-block.ts';
import { drawKeys } from './rules/working-keys.ts';

/** Working keys opened in memory, in the form and mode that a terminal uses them in. */
export interface KeySet extends KeySession {
  /** As it is kept; no two sets are sealed alike, so it names the set. */
  readonly sealed: Buffer;
  readonly mode: MacMode;
  readonly form: KeyForm;
  fits(signed: SignedBytes): boolean;
}

export interface OpenedSeed {
  readonly sealed: Buffer;
  readonly seed: Buffer;
}

/** The set of a seed; its MAC cipher is made when it is first used, the PIN's for each PIN, since few come. */
export function openKeySet(
  { sealed, seed }: OpenedSeed,
  { form, mode }: { readonly form: KeyForm; readonly mode: MacMode },
  pinCheck: Secrets['pinCheck'],
): KeySet {
  const keys = drawKeys(seed, { form, mode });
  let ready: MacKey | null = null;
  const key = () => {
    ready ??= macKey(mode, keys.mac);
    return ready;
  };
  return {
    sealed,
    mode,
    form,
    fits: ({ bytes, mac }) => key().fits(bytes, mac),
    mac: (bytes) => key().mac(bytes),
    pinCheck: ({ block, cardNumber, cardAccountId }) => {
      const pin = decodePinBlock({ algorithm: algorithmOf[mode], key: keys.pin }, { block, cardNumber });
      return pin === null ? null : pinCheck(cardAccountId, pin);
    },
  };
}
