import { describe, expect, test } from 'vitest';
import { type Language, languages } from '#channels/pages/texts/texts.ts';
import { staffTextsOf, wordIn } from './staff-texts.ts';

/** Every sentence of a language by its place; those with something to fill in are filled. */
function sentencesOf(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value(1, 2, 3))]];
  return Object.entries(value as object).flatMap(([name, inner]) => sentencesOf(inner, `${path}.${name}`));
}
const sentences = (language: Language) => sentencesOf(staffTextsOf[language], '');

describe('the texts of the staff pages', () => {
  test('are as many in both languages, none of them empty but hints that nobody needs', () => {
    const places = languages.map((language) => sentences(language).map(([path]) => path));
    expect(places[0]?.toSorted()).toEqual(places[1]?.toSorted());
    for (const language of languages) {
      const empty = sentences(language).filter(([, text]) => text.trim() === '');
      expect(empty.map(([path]) => path)).toEqual(['.password.currentHint', '.password.againHint']);
    }
  });

  test('in English hold no Chinese, and in Chinese no English sentence', () => {
    const own = (language: Language) => sentences(language).filter(([path]) => path !== '.otherLanguage');
    expect(own('en').filter(([, text]) => /\p{Script=Han}/u.test(text))).toEqual([]);
    expect(own('zh').filter(([, text]) => /[A-Za-z]{3,} [A-Za-z]{3,}/.test(text))).toEqual([]);
  });

  test('of what failed in the middle, or found the database away, nobody is told that nothing was done', () => {
    for (const { problems } of languages.map((language) => staffTextsOf[language]))
      for (const problem of ['fault', 'away'] as const)
        expect(problems[problem][1]).not.toMatch(/nothing|没有/i);
  });

  test('a code that has no word is shown as it is', () => {
    expect(wordIn(staffTextsOf.en, 'sector', 'shops')).toBe('Shops');
    expect(wordIn(staffTextsOf.en, 'sector', 'fish')).toBe('fish');
    expect(wordIn(staffTextsOf.en, 'sector', 'constructor')).toBe('constructor');
  });
});
