import { describe, expect, test } from 'vitest';
import { hashCost, nobodysHash, readPasswordHash, writePasswordHash } from './password-hash.ts';

const written = writePasswordHash({ ...hashCost, salt: Buffer.alloc(16, 7), tag: Buffer.alloc(32, 9) });

describe('a password hash', () => {
  test('carries its own parameters, as the PHC string format writes them', () => {
    expect(written).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(readPasswordHash(written)).toEqual({
      ...hashCost,
      salt: Buffer.alloc(16, 7),
      tag: Buffer.alloc(32, 9),
    });
  });

  test.each([
    ['nothing', ''],
    ['another kind', written.replace('argon2id', 'argon2i')],
    ['a cut one', written.slice(0, -1)],
    ['one that asks for too much memory', written.replace('m=19456', 'm=9999999')],
    ['one that asks for too many passes', written.replace('t=2', 't=999')],
  ])('that is %s is not computed', (_, text) =>
    expect(() => readPasswordHash(text)).toThrow('not a password'),
  );

  test('of nobody costs what everybody’s costs', () => expect(nobodysHash).toMatchObject(hashCost));
});
