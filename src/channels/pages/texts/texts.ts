import type { Name } from '#channels/pages/parts.ts';
import { en } from './en.ts';
import { type Texts, zh } from './zh.ts';

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

export const textsOf: Readonly<Record<Language, Texts>> = { zh, en };

/** What stands in `lang`, so that a screen reader speaks the right language. */
export const languageTags: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en' };

export function isLanguage(text: string | undefined): text is Language {
  return (languages as readonly (string | undefined)[]).includes(text);
}

/** A name in the language of the page; in the other one where there is only that. */
export function nameIn(language: Language, name: Name): string {
  return name[language] || name.zh || name.en;
}
