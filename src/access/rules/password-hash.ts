/** What one hash costs. OWASP's password storage cheat sheet names this for argon2id; it takes about 30 ms. */
export const hashCost = { memoryKib: 19_456, passes: 2, lanes: 1 } as const;

const tagBytes = 32;
export const saltBytes = 16;
/** A stored hash that asks for more than this was not made by us, and is not computed. */
const costMax = { memoryKib: 262_144, passes: 16, lanes: 4 };

/** A hash with all that is needed to compute it again. */
export interface PasswordHash {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** As the PHC string format writes it: `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`, base64 without padding. */
export function writePasswordHash({ memoryKib, passes, lanes, salt, tag }: PasswordHash): string {
  const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${base64(salt)}$${base64(tag)}`;
}

const pattern =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{43})$/;

/** Reads what `writePasswordHash` wrote; a text that is not one, or asks for too much, is a fault. */
export function readPasswordHash(text: string): PasswordHash {
  const [, memory, passes, lanes, salt = '', tag = ''] = pattern.exec(text) ?? [];
  const hash = {
    memoryKib: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
  const isOurs =
    hash.memoryKib <= costMax.memoryKib && hash.passes <= costMax.passes && hash.lanes <= costMax.lanes;
  if (!isOurs || hash.tag.length !== tagBytes) throw new Error('not a password hash of ours');
  return hash;
}

/** What a password is compared with where there is none, so that it takes as long: nothing hashes to zeros. */
export const nobodysHash: PasswordHash = {
  ...hashCost,
  salt: Buffer.alloc(saltBytes),
  tag: Buffer.alloc(tagBytes),
};
