/** Bytes of a stream that came and were not taken yet. */
export interface PendingBytes {
  readonly length: number;
  /** Puts bytes at the end. They are kept as they are where nothing else waits, and copied otherwise. */
  append(chunk: Uint8Array, expected: number): void;
  /** A view; later bytes never change it. */
  view(start: number, end: number): Buffer;
  /** Where the bytes next stand, from `from` on; -1 if nowhere. */
  find(bytes: Uint8Array, from: number): number;
  drop(count: number): void;
  clear(): void;
}

const nothing = Buffer.alloc(0);
const capacityMin = 256;

/**
 * Space is taken for the frame that is expected, or else doubled, so that the bytes of a frame are copied once, and a
 * client that sends them one by one costs no more than their number.
 */
export function openPendingBytes(): PendingBytes {
  let store: Buffer = nothing;
  let [start, end] = [0, 0];

  function clear(): void {
    store = nothing;
    start = end = 0;
  }
  /** What was given out as a view stays in the old space, which is never written again. */
  function makeRoom(bytes: number, expected: number): void {
    const waiting = end - start;
    const larger = Buffer.allocUnsafeSlow(
      Math.max(waiting + bytes, expected + bytes, waiting * 2, capacityMin),
    );
    larger.set(store.subarray(start, end));
    store = larger;
    [start, end] = [0, waiting];
  }

  return {
    get length() {
      return end - start;
    },
    append(chunk, expected) {
      if (chunk.length === 0) return;
      if (start === end) {
        store = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
        [start, end] = [0, chunk.length];
        return;
      }
      if (store.length - end < chunk.length) makeRoom(chunk.length, expected);
      store.set(chunk, end);
      end += chunk.length;
    },
    view: (from, to) => store.subarray(start + from, Math.min(start + to, end)),
    find: (bytes, from) => store.subarray(start, end).indexOf(bytes, from),
    drop(count) {
      start += count;
      if (start >= end) clear();
    },
    clear,
  };
}
