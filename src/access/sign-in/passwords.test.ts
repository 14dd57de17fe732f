import { expect, test } from 'vitest';
import { openSecrets } from '#platform/secrets.ts';
import { openPasswords } from './passwords.ts';

const { passwordPepper } = openSecrets({ masterKeyHex: 'c0c0'.repeat(16), dataDir: '/' });
const said = { subject: 'holder 1000001', password: '246813' };

test('a hash fits its own password, of its own person, under its own master key, and no other', async () => {
  const passwords = openPasswords(passwordPepper);
  const kept = await passwords.withPlace((hasher) => hasher.hash(said));
  const verify = (over: object, with_ = passwords) =>
    with_.withPlace((hasher) => hasher.verify({ ...said, ...over }, kept));
  expect(await verify({})).toBe(true);
  expect(await verify({ password: '246814' })).toBe(false);
  expect(await verify({ subject: 'holder 1000002' })).toBe(false);
  const stolen = openSecrets({ masterKeyHex: 'ff'.repeat(32), dataDir: '/' });
  expect(await verify({}, openPasswords(stolen.passwordPepper))).toBe(false);
  expect(await passwords.withPlace((hasher) => hasher.hash(said))).not.toBe(kept);
});

test('where there is no hash nothing fits, and it is computed all the same', async () => {
  const passwords = openPasswords(passwordPepper);
  expect(await passwords.withPlace((hasher) => hasher.verify(said, null))).toBe(false);
  expect(passwords.computed()).toBe(1);
});

test('a full line is busy before anything is done, and empties', async () => {
  const passwords = openPasswords(passwordPepper);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const inside = Array.from({ length: 66 }, () => passwords.withPlace(() => held));
  expect(await passwords.withPlace(() => Promise.reject(new Error('it was let in')))).toBe('busy');
  release();
  await Promise.all(inside);
  await expect(passwords.withPlace(() => Promise.reject(new Error('a fault')))).rejects.toThrow('a fault');
  const all = await Promise.all(
    Array.from({ length: 66 }, () => passwords.withPlace((hasher) => hasher.verify(said, null))),
  );
  expect(all.every((answer) => answer === false)).toBe(true);
  expect(passwords.computed()).toBe(66);
});
