import type { Language } from '#channels/pages/texts/texts.ts';

/** Browsers name a handful; beyond this nobody looks. */
const rangesMax = 20;

/**
 * The language of ours that a browser asks for most (Accept-Language, RFC 9110 §12.5.4): of two alike the first.
 * Chinese where it asks for neither.
 */
export function preferredLanguage(header: string): Language {
  const asked = header.split(',').slice(0, rangesMax).flatMap(rangeOf);
  const [best] = asked.sort((one, other) => other.weight - one.weight);
  return best?.language ?? 'zh';
}

function rangeOf(text: string): { readonly language: Language; readonly weight: number }[] {
  const [, language, weight = '1'] =
    /^\s*(zh|en)(?:-[a-z0-9-]+)?\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?\s*$/i.exec(text) ?? [];
  if (language === undefined || Number(weight) === 0) return [];
  return [{ language: language.toLowerCase() as Language, weight: Number(weight) }];
}
