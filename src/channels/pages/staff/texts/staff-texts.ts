import type { Language } from '#channels/pages/texts/texts.ts';
import { en } from './en.ts';
import type { WordGroup } from './words-zh.ts';
import { type StaffTexts, zh } from './zh.ts';

export const staffTextsOf: Readonly<Record<Language, StaffTexts>> = { zh, en };

/** What a code is called; a code that has no word is shown as it is. */
export function wordIn(texts: StaffTexts, group: WordGroup, code: string): string {
  const words: Readonly<Record<string, string>> = texts.words[group];
  return Object.hasOwn(words, code) ? (words[code] ?? code) : code;
}
