import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { preferredLanguage } from './rules/preferred-language.ts';
import { isLanguage, type Language } from './texts/texts.ts';

/** How the pages look to this person: kept in a cookie, nothing else is. */
export interface Appearance {
  readonly language: Language;
  /** The elder mode (长辈版): larger text and targets, fewer things on a page. */
  readonly elder: boolean;
}

const lookDays = 365;
const randomText = /^[\w-]{32,128}$/;

/** The cookies of the pages. Over https their names say that no page without it may set them. */
export interface Cookies {
  session(c: Context): string;
  keepSession(c: Context, token: string): void;
  dropSession(c: Context): void;
  /** The random name of this browser's visit; a new one is given where there is none. */
  visit(c: Context): string;
  /** What was chosen; the browser's language until something was. */
  appearance(c: Context): Appearance;
  keepAppearance(c: Context, appearance: Appearance): void;
}

/** Whose cookies they are: pages of another kind of people have others, so that nobody is two at once by mistake. */
export interface CookieJar {
  /** What their names begin with. */
  readonly owner: 'holder' | 'staff';
  /** The path below which a browser sends them. */
  readonly path: string;
  readonly secure: boolean;
}

export function cookiesFor({ owner, path, secure }: CookieJar): Cookies {
  const name = (word: string) => `${secure ? '__Secure-' : ''}${owner}-${word}`;
  // A session cookie without an age ends with the browser; the service ends it earlier by itself.
  const own = { path, httpOnly: true, sameSite: 'Strict', secure } as const;
  const read = (c: Context, word: string) => {
    const value = getCookie(c, name(word)) ?? '';
    return randomText.test(value) ? value : '';
  };
  return {
    session: (c) => read(c, 'session'),
    keepSession: (c, token) => setCookie(c, name('session'), token, own),
    dropSession: (c) => void deleteCookie(c, name('session'), own),
    visit: (c) => {
      const known = read(c, 'visit');
      if (known !== '') return known;
      const fresh = randomBytes(32).toString('base64url');
      setCookie(c, name('visit'), fresh, own);
      return fresh;
    },
    appearance: (c) => {
      const [language, mode] = (getCookie(c, name('look')) ?? '').split('-');
      const chosen = isLanguage(language)
        ? language
        : preferredLanguage(c.req.header('accept-language') ?? '');
      return { language: chosen, elder: mode === 'elder' };
    },
    keepAppearance: (c, { language, elder }) =>
      setCookie(c, name('look'), `${language}-${elder ? 'elder' : 'standard'}`, {
        ...own,
        maxAge: lookDays * 86_400,
      }),
  };
}
