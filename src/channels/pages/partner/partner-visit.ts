import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { clientAddress } from '#access/rules/client-address.ts';
import { readForm, senderOf } from '#channels/pages/forms/form-body.ts';
import { formToken, isFormToken } from '#channels/pages/rules/form-token.ts';
import { isOwnSender } from '#channels/pages/rules/origin.ts';
import { preferredLanguage } from '#channels/pages/rules/preferred-language.ts';
import { isLanguage, type Language } from '#channels/pages/texts/texts.ts';
import { type PartnerParts, partnerRoot } from './partner-parts.ts';
import { type PartnerTexts, partnerTexts } from './texts.ts';

export interface PartnerEnv {
  readonly Bindings: { readonly incoming?: IncomingMessage };
}
export type PartnerContext = Context<PartnerEnv>;

/** One call of a page: how it speaks, and what its forms carry. */
export interface PartnerVisit {
  readonly language: Language;
  readonly texts: PartnerTexts;
  readonly formToken: string;
  /** Null before the sign-in. */
  readonly participant: { readonly id: number; readonly name: string } | null;
  /** Whether a sign-in was there that has run out. */
  readonly isOver: boolean;
}

const idleMs = 30 * 60_000;
const randomText = /^[\w-]{32,128}$/;
const keyPattern = /^[A-Za-z0-9_-]{32,128}$/;

/** The cookies of the pages, and who comes with them. */
export function partnerDoor(parts: PartnerParts) {
  const secure = parts.publicUrl?.startsWith('https://') ?? false;
  const name = (word: string) => `${secure ? '__Secure-' : ''}partner-${word}`;
  const own = { path: partnerRoot, httpOnly: true, sameSite: 'Strict', secure } as const;

  const visitSecretOf = (c: PartnerContext) => {
    const known = getCookie(c, name('visit')) ?? '';
    if (randomText.test(known)) return known;
    const fresh = randomBytes(32).toString('base64url');
    setCookie(c, name('visit'), fresh, own);
    return fresh;
  };

  /** The key of the cookie, which no browser can read: sealed with the time of its last use. */
  const apiKeyOf = (c: PartnerContext): string | null => {
    const sealed = getCookie(c, name('session')) ?? '';
    if (sealed === '') return null;
    try {
      const [at = '', key = ''] = parts.secrets
        .openCookie(Buffer.from(sealed, 'base64url'))
        .toString()
        .split(' ');
      return parts.nowMs() - Number(at) < idleMs && keyPattern.test(key) ? key : null;
    } catch {
      return null;
    }
  };

  const keep = (c: PartnerContext, key: string) => {
    const sealed = parts.secrets.sealCookie(Buffer.from(`${parts.nowMs()} ${key}`));
    setCookie(c, name('session'), sealed.toString('base64url'), own);
  };

  const participantOf = async (c: PartnerContext, key: string | null, language: Language) => {
    const bearer = key === null ? null : await parts.bearerOf(key);
    if (key === null || bearer?.role !== 'participant') return null;
    keep(c, key);
    const id = Number(bearer.subjectId);
    return { id, name: parts.participantName(id)?.[language] ?? String(id) };
  };

  const visitOf = async (c: PartnerContext): Promise<PartnerVisit> => {
    const chosen = getCookie(c, name('language'));
    const language = isLanguage(chosen) ? chosen : preferredLanguage(c.req.header('accept-language') ?? '');
    const key = apiKeyOf(c);
    const participant = await participantOf(c, key, language);
    const secrets = { visit: visitSecretOf(c), session: participant === null ? '' : (key ?? '') };
    const isOver = participant === null && getCookie(c, name('session')) !== undefined;
    return { language, texts: partnerTexts[language], formToken: formToken(secrets), participant, isOver };
  };

  return {
    visitOf,
    /** What a form of ours sent, or null: from elsewhere, out of date, or no form of ours. */
    readForm: async (c: PartnerContext, visit: PartnerVisit) => {
      if (!isOwnSender(senderOf(c), parts.publicUrl)) return null;
      const fields = await readForm(c);
      const session = visit.participant === null ? '' : (apiKeyOf(c) ?? '');
      const secrets = { visit: getCookie(c, name('visit')) ?? '', session };
      return fields !== null && isFormToken(fields['formToken'], secrets) ? fields : null;
    },
    /** Lets a key in; the sentence that says why not otherwise. */
    signIn: async (c: PartnerContext, key: string): Promise<'in' | 'wrong' | 'tooMany'> => {
      const peer = c.env?.incoming?.socket?.remoteAddress ?? '';
      const forwardedFor = c.req.header('x-forwarded-for') ?? '';
      if (parts.tries.take(clientAddress({ peer, forwardedFor }, parts.proxyAddress)) !== 0) return 'tooMany';
      const bearer = keyPattern.test(key) ? await parts.bearerOf(key) : null;
      if (bearer?.role !== 'participant') return 'wrong';
      keep(c, key);
      return 'in';
    },
    signOut: (c: PartnerContext) => void deleteCookie(c, name('session'), own),
    keepLanguage: (c: PartnerContext, language: Language) => setCookie(c, name('language'), language, own),
  };
}
