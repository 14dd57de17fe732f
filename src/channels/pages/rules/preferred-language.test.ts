import { expect, test } from 'vitest';
import { preferredLanguage } from './preferred-language.ts';

test.each([
  ['', 'zh'],
  ['*', 'zh'],
  ['en-US,en;q=0.9', 'en'],
  ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
  ['en;q=0.8, zh-Hans-CN;q=0.9', 'zh'],
  ['EN-gb', 'en'],
  ['fr-FR,fr;q=0.9,en;q=0.3', 'en'],
  ['ja,ru;q=0.5', 'zh'],
  ['en;q=0', 'zh'],
  ['zh;q=0,en;q=0.1', 'en'],
  ['en;q=2', 'zh'],
  ['english', 'zh'],
  [`${'fr,'.repeat(20)}en`, 'zh'],
] as const)('a browser that asks for "%s" reads %s', (header, language) => {
  expect(preferredLanguage(header)).toBe(language);
});
