import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSecrets } from './secrets.ts';
import { StartError } from './start-error.ts';

const masterKeyHex = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
let dataDir: string;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'one-card-secrets-'));
});

afterAll(() => rmSync(dataDir, { recursive: true }));

describe('the secrets of a master key', () => {
  // Computed with Python's hmac from RFC 5869, so the code is not compared with itself.
  test('the digests are pinned: a change would lose every card that is stored', () => {
    const secrets = openSecrets({ masterKeyHex, dataDir });
    expect(secrets.cardNumberDigest('6223164991230014').toString('hex')).toBe(
      'e4637406453186a2e7e9fb1ec7c25a73',
    );
    expect(secrets.redisName('one')).toBe('Fd3uXtXvfFVzjo6fVUcJ4g');
    expect(secrets.keyCheckValue()).toBe('b3c051cc16568255');
  });

  test('what is sealed opens again, and no two seals are alike', () => {
    const secrets = openSecrets({ masterKeyHex, dataDir });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const plain = Buffer.from(bytes);
        const sealed = secrets.seal(plain);
        expect(secrets.open(sealed)).toEqual(plain);
        expect(secrets.seal(plain)).not.toEqual(sealed);
      }),
    );
  });

  test('no bit of a sealed value can be changed, and no other key opens it', () => {
    const secrets = openSecrets({ masterKeyHex, dataDir });
    const sealed = secrets.seal(Buffer.from('a terminal key'));
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => secrets.open(changed)).toThrow();
    }
    expect(() => secrets.open(sealed.subarray(0, 20))).toThrow('not a sealed value');
    expect(() => openSecrets({ masterKeyHex: 'ff'.repeat(32), dataDir }).open(sealed)).toThrow();
  });

  test('what is sealed for one purpose does not open for another', () => {
    const secrets = openSecrets({ masterKeyHex, dataDir });
    const key = Buffer.from('a key of a POS terminal');
    expect(secrets.openKey(secrets.sealKey(key))).toEqual(key);
    for (const open of [secrets.open, secrets.openStaff, secrets.openPersonal])
      expect(() => open(secrets.sealKey(key))).toThrow();
    expect(() => secrets.openKey(secrets.seal(key))).toThrow();
  });

  test('without a key the first start makes one that only we may read, and the next start finds it', () => {
    const first = openSecrets({ dataDir });
    expect(openSecrets({ dataDir }).keyCheckValue()).toBe(first.keyCheckValue());
    expect(statSync(join(dataDir, 'master.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dataDir, 'master.key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(openSecrets({ masterKeyHex, dataDir }).keyCheckValue()).not.toBe(first.keyCheckValue());
  });

  test('a damaged key file stops the start instead of making another key', () => {
    const damaged = mkdtempSync(join(tmpdir(), 'one-card-secrets-'));
    writeFileSync(join(damaged, 'master.key'), 'oops');
    expect(() => openSecrets({ dataDir: damaged })).toThrow(StartError);
    rmSync(damaged, { recursive: true });
  });
});
