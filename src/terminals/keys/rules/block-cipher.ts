import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv } from 'node:crypto';
import type { KeyAlgorithm } from '#terminals/keys/key-service.ts';

/** AES is no algorithm of our terminals; the published examples of PIN block format 4 are made with it. */
export type BlockAlgorithm = KeyAlgorithm | 'aes';

interface CipherNames {
  readonly ecb: string;
  readonly cbc: string;
  readonly blockBytes: 8 | 16;
}

const ciphers: Readonly<Record<BlockAlgorithm, CipherNames>> = {
  '3des': { ecb: 'des-ede', cbc: 'des-ede-cbc', blockBytes: 8 },
  sm4: { ecb: 'sm4-ecb', cbc: 'sm4-cbc', blockBytes: 16 },
  aes: { ecb: 'aes-128-ecb', cbc: 'aes-128-cbc', blockBytes: 16 },
};

/** How long a block of the cipher is, in bytes. */
export const blockBytesOf = (algorithm: BlockAlgorithm): 8 | 16 => ciphers[algorithm].blockBytes;

/** Whole blocks enciphered one by one (ECB, no padding). Throws for a length that is no whole number of blocks. */
export function encipher(algorithm: BlockAlgorithm, key: Uint8Array, bytes: Uint8Array): Buffer {
  return run(createCipheriv(ciphers[algorithm].ecb, cipherKey(algorithm, key), null), bytes);
}

/** What `encipher` was given. */
export function decipher(algorithm: BlockAlgorithm, key: Uint8Array, bytes: Uint8Array): Buffer {
  return run(createDecipheriv(ciphers[algorithm].ecb, cipherKey(algorithm, key), null), bytes);
}

function run(cipher: Cipheriv | Decipheriv, bytes: Uint8Array): Buffer {
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}

/** A cipher for whole blocks one by one, made once: a new one for each message would cost six times as much. */
export function blockEncipherer(
  algorithm: BlockAlgorithm,
  key: Uint8Array,
): (blocks: Uint8Array<ArrayBuffer>) => Buffer {
  const cipher = createCipheriv(ciphers[algorithm].ecb, cipherKey(algorithm, key), null);
  cipher.setAutoPadding(false);
  return (blocks) => cipher.update(blocks);
}

/**
 * Chains whole blocks (CBC, from a block of zeros), made once. The cipher remembers the last block of the message
 * before, and XORs it to the first of the next; XORed once more before, it has no effect. So each message is chained
 * as if it were the first. It changes the first block of what it is given.
 */
export function blockChainer(
  algorithm: BlockAlgorithm,
  key: Uint8Array,
): (blocks: Uint8Array<ArrayBuffer>) => Buffer {
  const { cbc, blockBytes } = ciphers[algorithm];
  const cipher = createCipheriv(cbc, cipherKey(algorithm, key), Buffer.alloc(blockBytes));
  cipher.setAutoPadding(false);
  const before = new Uint8Array(blockBytes);
  return (blocks) => {
    for (let at = 0; at < blockBytes; at++) blocks[at] = byteOf(blocks, at) ^ byteOf(before, at);
    const chained = cipher.update(blocks);
    const last = chained.length - blockBytes;
    for (let at = 0; at < blockBytes; at++) before[at] = byteOf(chained, last + at);
    return chained;
  };
}

/** Single-length DES is triple DES with the same key twice: the DES of OpenSSL 3 is not to be had. */
function cipherKey(algorithm: BlockAlgorithm, key: Uint8Array): Uint8Array {
  if (algorithm === '3des' && key.length === 8) return Buffer.concat([key, key]);
  if (key.length !== 16) throw new RangeError(`a key of ${algorithm} has not ${key.length} bytes`);
  return key;
}

/** A byte that is there. */
export function byteOf(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}
