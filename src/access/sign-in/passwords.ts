import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import {
  hashCost,
  nobodysHash,
  type PasswordHash,
  readPasswordHash,
  saltBytes,
  writePasswordHash,
} from '#access/rules/password-hash.ts';
import { openPlaces } from '#platform/limits/places.ts';

/**
 * Node has four threads for such work: at most two are used, and no more than half of the machine's processors, so
 * that whoever floods us with guesses does not take them from payments.
 */
const atOnceMax = Math.min(2, Math.max(1, Math.floor(availableParallelism() / 2)));
/** Whoever comes when so many are in the line is told busy: a second or two of work. */
const placesMax = 66;

/** Who a password belongs to, in the words that are hashed with it, so that no hash serves another. */
interface Said {
  readonly subject: string;
  readonly password: string;
}

export interface Hasher {
  /** The hash to keep, with its parameters. */
  hash(said: Said): Promise<string>;
  /** Whether the password fits. Without a hash it never does, and takes as long. */
  verify(said: Said, kept: string | null): Promise<boolean>;
}

export interface Passwords {
  /** Works with a place in the line, or is busy before anything was done. */
  withPlace<T>(work: (hasher: Hasher) => Promise<T>): Promise<T | 'busy'>;
  /** How many hashes were computed. */
  computed(): number;
}

/** The line before the hashes. `pepper` makes of a password what is hashed: it needs the master key. */
export function openPasswords(pepper: (subject: string, password: string) => Buffer): Passwords {
  const within = openPlaces(placesMax);
  let running = 0;
  let computed = 0;
  const waiting: (() => void)[] = [];

  const derive = async (said: Said, { memoryKib, passes, lanes, salt, tag }: PasswordHash) => {
    if (running >= atOnceMax) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      computed += 1;
      return await argon2id({
        message: pepper(said.subject, said.password),
        nonce: salt,
        memory: memoryKib,
        passes,
        parallelism: lanes,
        tagLength: tag.length,
      });
    } finally {
      // The turn goes to who waits longest; only without one is it given back.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
  const hasher: Hasher = {
    hash: async (said) => {
      const fresh = { ...hashCost, salt: randomBytes(saltBytes), tag: nobodysHash.tag };
      return writePasswordHash({ ...fresh, tag: await derive(said, fresh) });
    },
    verify: async (said, kept) => {
      const hash = kept === null ? nobodysHash : readPasswordHash(kept);
      const fits = timingSafeEqual(await derive(said, hash), hash.tag);
      return fits && kept !== null;
    },
  };
  return {
    withPlace: (work) => within(() => work(hasher)),
    computed: () => computed,
  };
}

function argon2id(parameters: Parameters<typeof argon2>[1]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, tag) => (error === null ? resolve(tag) : reject(error)));
  });
}
