import { describe, expect, test } from 'vitest';
import { type Language, languages, nameIn, textsOf } from './texts.ts';

/** Every sentence of a language by its place; those with something to fill in are filled. */
function sentencesOf(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value('1', '2', '3'))]];
  return Object.entries(value as object).flatMap(([name, inner]) => sentencesOf(inner, `${path}.${name}`));
}
const sentences = (language: Language) => sentencesOf(textsOf[language], '');
/** Each language is named in its own words wherever it is offered. */
const languageNames = ['.otherLanguage', '.settings.chinese', '.settings.english'];

describe('the texts', () => {
  test('are as many in both languages, none of them empty but the note of a card in use', () => {
    const places = languages.map((language) => sentences(language).map(([path]) => path));
    expect(places[0]).toEqual(places[1]);
    for (const language of languages) {
      const empty = sentences(language).filter(([, text]) => text.trim() === '');
      expect(empty).toEqual([['.card.statusNote.active', '']]);
    }
  });

  test('in English hold no Chinese, and in Chinese no English sentence', () => {
    const own = (language: Language) => sentences(language).filter(([path]) => !languageNames.includes(path));
    expect(own('en').filter(([, text]) => /\p{Script=Han}/u.test(text))).toEqual([]);
    expect(own('zh').filter(([, text]) => /[A-Za-z]{4,}/.test(text))).toEqual([]);
  });

  test('a name that is only there in the other language is said in that one', () => {
    expect(nameIn('en', { zh: '海口', en: '' })).toBe('海口');
    expect(nameIn('zh', { zh: '', en: 'Haikou' })).toBe('Haikou');
  });
});
