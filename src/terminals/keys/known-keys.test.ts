import { describe, expect, test } from 'vitest';
import { openSecrets } from '#platform/secrets.ts';
import { openRow } from './known-keys.ts';
import { sealSeed } from './sealed-keys.ts';
import type { KeyRow } from './store.ts';

const secrets = openSecrets({ masterKeyHex: 'c0c0'.repeat(16), dataDir: '/' });
const [first, second] = [1, 2].map((n) => sealSeed(secrets, 7, Buffer.alloc(32, n)));
const row = (revision: number, offeredSealed: Buffer | null, used: Buffer | null = null): KeyRow => ({
  terminalId: 7,
  masterAlgorithm: '3des',
  masterSealed: Buffer.alloc(1),
  used: used === null ? null : { sealed: used, mode: 'cup-ecb', form: '003' },
  offeredSealed: offeredSealed ?? null,
  revision,
});

describe('what is known of a terminal’s keys', () => {
  test('is the newest reading: one that was asked for earlier and comes later changes nothing', () => {
    const newest = openRow(secrets, row(3, second ?? null, first ?? null), undefined);
    expect(openRow(secrets, row(2, first ?? null), newest)).toBe(newest);
    expect(openRow(secrets, row(3, second ?? null, first ?? null), newest)).toBe(newest);
    expect(openRow(secrets, row(4, null, second ?? null), newest).used?.sealed).toEqual(second);
  });

  test('keeps the keys in use opened while the row changes around them', () => {
    const before = openRow(secrets, row(1, null, first ?? null), undefined);
    const after = openRow(secrets, row(2, second ?? null, first ?? null), before);
    expect(after.used).toBe(before.used);
    expect(after.offered?.sealed).toEqual(second);
  });

  test('is nothing where there is no row, until there is one', () => {
    const none = openRow(secrets, null, undefined);
    expect([none.used, none.offered]).toEqual([null, null]);
    expect(openRow(secrets, row(0, first ?? null), none).offered?.sealed).toEqual(first);
  });
});
