import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { preferredLanguage } from '#channels/pages/rules/preferred-language.ts';
import { isLanguage, type Language } from '#channels/pages/texts/texts.ts';
import { type PartnerParts, partnerRoot } from './partner-parts.ts';

/** A sign-in ends when it is left alone for so long, and after so long however it is used. */
const idleMs = 30 * 60_000;
const wholeMs = 12 * 3_600_000;
const randomText = /^[\w-]{32,128}$/;
export const apiKeyPattern = /^[A-Za-z0-9_-]{32,128}$/;

/** A partner's key, and when it was given. */
export interface SignedIn {
  readonly sinceMs: number;
  readonly key: string;
}

/** The cookies of the pages: nothing is kept here, and what a browser keeps it cannot read. */
export function partnerCookies({
  secrets,
  nowMs,
  publicUrl,
}: Pick<PartnerParts, 'secrets' | 'nowMs' | 'publicUrl'>) {
  const secure = publicUrl?.startsWith('https://') ?? false;
  const name = (word: string) => `${secure ? '__Secure-' : ''}partner-${word}`;
  const own = { path: partnerRoot, httpOnly: true, sameSite: 'Strict', secure } as const;
  return {
    /** The random name of this browser's visit; a new one is given where there is none. */
    visit: (c: Context): string => {
      const known = getCookie(c, name('visit')) ?? '';
      if (randomText.test(known)) return known;
      const fresh = randomBytes(32).toString('base64url');
      setCookie(c, name('visit'), fresh, own);
      return fresh;
    },
    hasSession: (c: Context): boolean => getCookie(c, name('session')) !== undefined,
    /** The key with which somebody signed in here, unless that is over. */
    signedIn: (c: Context): SignedIn | null => {
      const sealed = getCookie(c, name('session')) ?? '';
      if (sealed === '') return null;
      try {
        const opened = secrets.openCookie(Buffer.from(sealed, 'base64url')).toString().split(' ');
        const [since = '', used = '', key = ''] = opened;
        const now = nowMs();
        const isGood =
          now - Number(used) < idleMs && now - Number(since) < wholeMs && apiKeyPattern.test(key);
        return isGood ? { sinceMs: Number(since), key } : null;
      } catch {
        return null;
      }
    },
    keep: (c: Context, { sinceMs, key }: SignedIn): void => {
      const sealed = secrets.sealCookie(Buffer.from(`${sinceMs} ${nowMs()} ${key}`));
      setCookie(c, name('session'), sealed.toString('base64url'), own);
    },
    drop: (c: Context): void => void deleteCookie(c, name('session'), own),
    language: (c: Context): Language => {
      const chosen = getCookie(c, name('language'));
      return isLanguage(chosen) ? chosen : preferredLanguage(c.req.header('accept-language') ?? '');
    },
    keepLanguage: (c: Context, language: Language): void => setCookie(c, name('language'), language, own),
  };
}
