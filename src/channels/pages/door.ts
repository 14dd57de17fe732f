import type { Cookies } from './cookies.ts';
import { readForm, senderOf } from './forms/form-body.ts';
import type { Fields, Holder, PageContext, Visit } from './page-context.ts';
import type { HolderParts } from './parts.ts';
import { formToken, isFormToken } from './rules/form-token.ts';
import { isOwnSender } from './rules/origin.ts';
import { pagesRoot, settingsPath } from './rules/return-path.ts';
import { problemPage } from './views/problem-view.ts';

type Answer = Response | Promise<Response>;
type HolderPage = (c: PageContext, holder: Holder) => Answer;
type HolderForm = (c: PageContext, holder: Holder, fields: Fields) => Answer;
type OpenForm = (c: PageContext, visit: Visit, fields: Fields) => Answer;

/** Lets people in: every page of a holder and every form goes through here. */
export interface Door {
  /** A page for whoever has signed in, and has changed a password that was given for once. */
  page(handler: HolderPage): (c: PageContext) => Promise<Response>;
  /** A form of whoever has signed in and changed such a password; `back` is the page it stands on. */
  form(back: string, handler: HolderForm): (c: PageContext) => Promise<Response>;
  /** The same for what such a password is changed with, which is open before, too. */
  readonly beforeChange: Pick<Door, 'page' | 'form'>;
  /** A form that needs no sign-in. */
  openForm(handler: OpenForm): (c: PageContext) => Promise<Response>;
}

export function openDoor(parts: HolderParts, cookies: Cookies): Door {
  const holderOf = async (visit: Visit): Promise<Holder | null> => {
    if (visit.sessionToken === '') return null;
    const bearer = await parts.bearerOf(visit.sessionToken);
    if (bearer?.role !== 'holder') return null;
    const { subjectId, mustChange } = bearer;
    return { ...visit, signedIn: true, mustChange, cardAccountId: subjectId };
  };
  const toSignIn = (c: PageContext, visit: Visit, back: string) => {
    const query = new URLSearchParams(back === pagesRoot ? {} : { back });
    if (visit.sessionToken !== '') {
      query.set('expired', '1');
      cookies.dropSession(c);
    }
    const asked = query.size === 0 ? '' : `?${query}`;
    return c.redirect(`${pagesRoot}/sign-in${asked}`, 303);
  };
  const admit = async (c: PageContext): Promise<{ fields: Fields } | { refused: Response }> => {
    const visit = c.var.visit;
    if (!isOwnSender(senderOf(c), parts.publicUrl)) return { refused: await problemPage(c, 'stale') };
    const fields = await readForm(c);
    if (fields === null) return { refused: await problemPage(c, 'badForm') };
    const secrets = { visit: visit.visitSecret, session: visit.sessionToken };
    if (!isFormToken(fields['formToken'], secrets)) return { refused: await problemPage(c, 'stale') };
    return { fields };
  };
  const doorFor = (mayEnter: (holder: Holder) => boolean): Pick<Door, 'page' | 'form'> => ({
    page: (handler) => async (c) => {
      const visit = c.var.visit;
      const holder = await holderOf(visit);
      if (holder === null) return toSignIn(c, visit, visit.path);
      if (!mayEnter(holder)) return c.redirect(settingsPath, 303);
      c.set('visit', holder);
      return handler(c, holder);
    },
    form: (back, handler) => async (c) => {
      const visit = c.var.visit;
      const form = await admit(c);
      if ('refused' in form) return form.refused;
      const holder = await holderOf(visit);
      if (holder === null) return toSignIn(c, visit, back);
      if (!mayEnter(holder)) return c.redirect(settingsPath, 303);
      // Whatever goes wrong with the form, the switches lead to a page that can be asked for.
      c.set('visit', { ...holder, path: back });
      return handler(c, { ...holder, path: back }, form.fields);
    },
  });
  return {
    ...doorFor(({ mustChange }) => !mustChange),
    beforeChange: doorFor(() => true),
    openForm: (handler) => async (c) => {
      const form = await admit(c);
      return 'refused' in form ? form.refused : handler(c, c.var.visit, form.fields);
    },
  };
}

/** The visit as it is after a sign-in or without one: its forms carry another token. */
export function visitWith(visit: Visit, sessionToken: string): Visit {
  const secrets = { visit: visit.visitSecret, session: sessionToken };
  return { ...visit, sessionToken, formToken: formToken(secrets) };
}
