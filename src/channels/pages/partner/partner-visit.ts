import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { clientAddress } from '#access/rules/client-address.ts';
import { readForm, senderOf } from '#channels/pages/forms/form-body.ts';
import { formToken, isFormToken } from '#channels/pages/rules/form-token.ts';
import { isOwnSender } from '#channels/pages/rules/origin.ts';
import type { Language } from '#channels/pages/texts/texts.ts';
import { apiKeyPattern, partnerCookies, type SignedIn } from './partner-cookies.ts';
import type { PartnerParts } from './partner-parts.ts';
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
  readonly visitSecret: string;
  /** Null before the sign-in. */
  readonly participant: { readonly id: number; readonly name: string } | null;
  /** Whether a sign-in was there that has run out. */
  readonly isOver: boolean;
  /** Whether the partner has called too often: nothing is looked up or done. */
  readonly isTooMany: boolean;
}

/** Who comes with the cookies of the pages, and what their forms sent. */
export function partnerDoor(parts: PartnerParts) {
  const cookies = partnerCookies(parts);

  const participantOf = async (c: PartnerContext, signedIn: SignedIn | null, language: Language) => {
    const bearer = signedIn === null ? null : await parts.bearerOf(signedIn.key);
    if (signedIn === null || bearer?.role !== 'participant') return null;
    cookies.keep(c, signedIn);
    const id = Number(bearer.subjectId);
    return { id, name: parts.participantName(id)?.[language] ?? String(id) };
  };

  /** Nobody's visit: what can be shown without asking anything. */
  const bareVisitOf = (c: PartnerContext): PartnerVisit => {
    const language = cookies.language(c);
    const visitSecret = cookies.visit(c);
    const token = formToken({ visit: visitSecret, session: '' });
    const nobody = { participant: null, isOver: false, isTooMany: false };
    return { language, texts: partnerTexts[language], visitSecret, formToken: token, ...nobody };
  };

  const visitOf = async (c: PartnerContext): Promise<PartnerVisit> => {
    const bare = bareVisitOf(c);
    const signedIn = cookies.signedIn(c);
    const participant = await participantOf(c, signedIn, bare.language);
    const isOver = participant === null && cookies.hasSession(c);
    if (participant === null) return { ...bare, isOver };
    const secrets = { visit: bare.visitSecret, session: signedIn?.key ?? '' };
    const isTooMany = parts.calls.take(`participant ${participant.id}`) > 0;
    return { ...bare, formToken: formToken(secrets), participant, isTooMany };
  };

  return {
    visitOf,
    bareVisitOf,
    /** What a form of ours sent, or null: from elsewhere, out of date, or no form of ours. */
    readForm: async (c: PartnerContext, visit: PartnerVisit) => {
      if (!isOwnSender(senderOf(c), parts.publicUrl)) return null;
      const fields = await readForm(c);
      const session = visit.participant === null ? '' : (cookies.signedIn(c)?.key ?? '');
      const secrets = { visit: visit.visitSecret, session };
      return fields !== null && isFormToken(fields['formToken'], secrets) ? fields : null;
    },
    /** Lets a key in; the sentence that says why not otherwise. */
    signIn: async (c: PartnerContext, key: string): Promise<'in' | 'wrong' | 'tooMany'> => {
      const peer = c.env?.incoming?.socket?.remoteAddress ?? '';
      const forwardedFor = c.req.header('x-forwarded-for') ?? '';
      if (parts.tries.take(clientAddress({ peer, forwardedFor }, parts.proxyAddress)) !== 0) return 'tooMany';
      const bearer = apiKeyPattern.test(key) ? await parts.bearerOf(key) : null;
      if (bearer?.role !== 'participant') return 'wrong';
      cookies.keep(c, { sinceMs: parts.nowMs(), key });
      return 'in';
    },
    signOut: cookies.drop,
    keepLanguage: cookies.keepLanguage,
  };
}
