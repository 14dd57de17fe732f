import { expect, test } from 'vitest';
import { ascii, ebcdic037, ebcdic1047 } from './code-pages.ts';

const bytesOf = (page: typeof ascii, text: string) =>
  Buffer.from(Array.from(text, (character) => page.toByte[character.charCodeAt(0)] as number)).toString(
    'hex',
  );

test.each([
  ['037', ebcdic037],
  ['1047', ebcdic1047],
  ['ASCII', ascii],
])('each byte of %s is one character, and each character one byte', (_, page) => {
  expect(new Set(page.toLatin1).size).toBe(256);
  page.toLatin1.forEach((character, byte) => {
    expect(page.toByte[character]).toBe(byte);
  });
});

test('letters, digits and signs are where IBM put them', () => {
  for (const page of [ebcdic037, ebcdic1047]) {
    expect(bytesOf(page, '0123456789')).toBe('f0f1f2f3f4f5f6f7f8f9');
    expect(bytesOf(page, 'AIJRSZ aijrsz')).toBe('c1c9d1d9e2e940818991' + '99a2a9');
    expect(bytesOf(page, '=.,-/*')).toBe('7e4b6b60615c');
  }
});

test('the two pages differ in brackets, the caret and a few letters', () => {
  expect(bytesOf(ebcdic037, '[]^')).toBe('babbb0');
  expect(bytesOf(ebcdic1047, '[]^')).toBe('adbd5f');
  const differing = Array.from(
    ebcdic037.toLatin1,
    (character, byte) => character !== ebcdic1047.toLatin1[byte],
  );
  expect(differing.filter(Boolean)).toHaveLength(6);
});
