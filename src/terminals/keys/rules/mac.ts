import type { KeyAlgorithm, MacMode } from '#terminals/keys/key-service.ts';
import { blockChainer, blockEncipherer, byteOf } from './block-cipher.ts';

/** Which algorithm a mode's keys are for. */
export const algorithmOf: Readonly<Record<MacMode, KeyAlgorithm>> = {
  'cup-ecb': '3des',
  'x9.19': '3des',
  sm4: 'sm4',
};

/** A MAC has eight bytes in each mode. */
const macBytes = 8;

/** A MAC key that is ready: it keeps its ciphers, since making them is what costs. */
export interface MacKey {
  /** Eight bytes over everything of a message before its MAC. */
  mac(bytes: Uint8Array): Buffer;
  /** Whether that is the MAC of the bytes; it takes as long for each that is none. */
  fits(bytes: Uint8Array, mac: Uint8Array): boolean;
}

/**
 * The MAC key of a mode. UnionPay's (QPBOC POS, "ECB"): the blocks are XORed, written as upper-case hexadecimal, the
 * first half enciphered, XORed to the second, enciphered again; the first eight digits of that are the MAC. With SM4
 * the same in blocks of 16. X9.19: DES-CBC under the key's first half, the last block under the whole key. A message
 * is filled up with zeros. A single-length key is used twice, which makes X9.9 of X9.19.
 *
 * What UnionPay's MAC proves is that its sender has the key. It does not prove a message that somebody changed on the
 * way and who changed a second place to even it out, because only the XOR of the blocks is enciphered. X9.19 does; and
 * a line that is not trusted needs TLS.
 */
export function macKey(mode: MacMode, key: Uint8Array): MacKey {
  const mac = mode === 'x9.19' ? chainedMac(key) : foldedMac(mode, key);
  return { mac, fits: (bytes, given) => isSame(mac(bytes), given) };
}

// Both are used between two lines of one function and never across a wait, so all keys share them.
const words = new Int32Array(4);
const digits = Buffer.alloc(32);
const upperCase = Buffer.from('0123456789ABCDEF', 'latin1');

function foldedMac(mode: 'cup-ecb' | 'sm4', key: Uint8Array): (bytes: Uint8Array) => Buffer {
  // The two steps with the XOR between them are a chain of two blocks: one call instead of two.
  const chain = blockChainer(algorithmOf[mode], key);
  const wordCount = mode === 'sm4' ? 4 : 2;
  const twoBlocks = digits.subarray(0, wordCount * 8);
  return (bytes) => {
    foldWords(bytes, wordCount);
    for (let word = 0; word < wordCount; word++) writeHex(twoBlocks, word * 8, words[word] as number);
    const chained = chain(twoBlocks);
    const mac = Buffer.allocUnsafe(macBytes);
    writeHex(mac, 0, chained.readInt32BE(wordCount * 4));
    return mac;
  };
}

/** XORs the blocks of a message into the first words. */
function foldWords(bytes: Uint8Array, wordCount: 2 | 4): void {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = bytes.length & ~15;
  for (let at = 0; at < whole; at += 16) {
    a ^= wordAt(bytes, at);
    b ^= wordAt(bytes, at + 4);
    c ^= wordAt(bytes, at + 8);
    d ^= wordAt(bytes, at + 12);
  }
  words[0] = a;
  words[1] = b;
  words[2] = c;
  words[3] = d;
  for (let at = whole; at < bytes.length; at++)
    words[(at >> 2) & 3] = (words[(at >> 2) & 3] as number) ^ (byteOf(bytes, at) << (24 - 8 * (at & 3)));
  if (wordCount === 4) return;
  words[0] ^= words[2] as number;
  words[1] ^= words[3] as number;
}

/** The XOR of a message's blocks, filled up with zeros: what UnionPay's MAC is made over. */
export function foldBlocks(bytes: Uint8Array, blockBytes: 8 | 16): Buffer {
  const wordCount = blockBytes === 8 ? 2 : 4;
  foldWords(bytes, wordCount);
  const folded = Buffer.alloc(blockBytes);
  for (let word = 0; word < wordCount; word++) folded.writeInt32BE(words[word] as number, word * 4);
  return folded;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (byteOf(bytes, at) << 24) |
    (byteOf(bytes, at + 1) << 16) |
    (byteOf(bytes, at + 2) << 8) |
    byteOf(bytes, at + 3)
  );
}

function writeHex(to: Buffer, at: number, word: number): void {
  for (let digit = 0; digit < 8; digit++)
    to[at + digit] = byteOf(upperCase, (word >>> (28 - 4 * digit)) & 15);
}

function chainedMac(key: Uint8Array): (bytes: Uint8Array) => Buffer {
  const chain = blockChainer('3des', key.subarray(0, 8));
  const last = blockEncipherer('3des', key);
  return (bytes) => {
    const blocks = Buffer.alloc(Math.max(1, Math.ceil(bytes.length / 8)) * 8);
    blocks.set(bytes);
    const lastBlock = blocks.subarray(blocks.length - 8);
    if (blocks.length > 8) {
      const chained = chain(blocks.subarray(0, -8));
      for (let at = 0; at < 8; at++)
        lastBlock[at] = byteOf(lastBlock, at) ^ byteOf(chained, chained.length - 8 + at);
    }
    return last(lastBlock);
  };
}

function isSame(wanted: Uint8Array, given: Uint8Array): boolean {
  if (given.length !== wanted.length) return false;
  let difference = 0;
  for (let at = 0; at < wanted.length; at++) difference |= byteOf(wanted, at) ^ byteOf(given, at);
  return difference === 0;
}
