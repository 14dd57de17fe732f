import type { Secrets } from '#platform/secrets.ts';
import type { KeyAlgorithm } from './key-service.ts';
import { type MasterKey, seedBytes } from './rules/working-keys.ts';

/** What seals and opens keys. */
export type KeyWrap = Pick<Secrets, 'sealKey' | 'openKey'>;

const masterBytes = 16;

/**
 * Seals a terminal's master key. What it is and whose stands inside of the seal: a row that was given to another
 * terminal, or said to be another algorithm's, does not open.
 */
export function sealMasterKey(wrap: KeyWrap, terminalId: number, master: MasterKey): Buffer {
  if (master.key.length !== masterBytes) throw new RangeError(`a master key has ${masterBytes} bytes`);
  return sealAs(wrap, `master ${master.algorithm} ${terminalId}`, master.key);
}

/** Opens what `sealMasterKey` sealed; throws for another terminal's, or another algorithm's. */
export function openMasterKey(
  wrap: KeyWrap,
  terminalId: number,
  kept: { readonly algorithm: KeyAlgorithm; readonly sealed: Buffer },
): MasterKey {
  const { algorithm, sealed } = kept;
  return { algorithm, key: openAs(wrap, `master ${algorithm} ${terminalId}`, sealed) };
}

/** Seals the random bytes of a set of working keys. */
export function sealSeed(wrap: KeyWrap, terminalId: number, seed: Buffer): Buffer {
  if (seed.length !== seedBytes) throw new RangeError(`a set of keys is made of ${seedBytes} bytes`);
  return sealAs(wrap, `working ${terminalId}`, seed);
}

/** Opens what `sealSeed` sealed; throws for another terminal's. */
export function openSeed(wrap: KeyWrap, terminalId: number, sealed: Buffer): Buffer {
  return openAs(wrap, `working ${terminalId}`, sealed);
}

function sealAs(wrap: KeyWrap, what: string, key: Uint8Array): Buffer {
  return wrap.sealKey(Buffer.concat([Buffer.from(`${what}\n`, 'latin1'), key]));
}

function openAs(wrap: KeyWrap, what: string, sealed: Buffer): Buffer {
  const plain = wrap.openKey(sealed);
  const head = Buffer.from(`${what}\n`, 'latin1');
  if (!plain.subarray(0, head.length).equals(head)) throw new Error(`what is sealed is no ${what}`);
  return plain.subarray(head.length);
}
