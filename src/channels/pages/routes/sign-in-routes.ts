import { visitWith } from '#channels/pages/door.ts';
import { readFields } from '#channels/pages/forms/fields.ts';
import { signInForm } from '#channels/pages/forms/forms.ts';
import { addressOf, type Fields, type PageContext, type Visit } from '#channels/pages/page-context.ts';
import type { Refused } from '#channels/pages/parts.ts';
import { pagesRoot, returnPath } from '#channels/pages/rules/return-path.ts';
import type { Site } from '#channels/pages/site.ts';
import { refusalSentences } from '#channels/pages/views/pieces.ts';
import { type SignInPage, signInView } from '#channels/pages/views/sign-in-view.ts';
import { refusedHeaders, statusOf } from './answers.ts';

const nothingWrong = { faults: {}, refusals: [] };

/** Sign-in and sign-out, and how the pages look, which needs neither. */
export function addSignInRoutes(site: Site): void {
  const { app, parts, cookies, door } = site;
  app.get(`${pagesRoot}/sign-in`, (c) => {
    const expired = c.req.query('expired') === '1';
    const note = expired ? 'expired' : c.req.query('signed-out') === '1' ? 'signedOut' : null;
    return c.html(signInView(c.var.visit, { ...nothingWrong, back: returnPath(c.req.query('back')), note }));
  });
  app.post(
    `${pagesRoot}/sign-in`,
    door.openForm((c, visit, fields) => signIn(site, { c, visit, fields })),
  );
  app.post(
    `${pagesRoot}/sign-out`,
    door.openForm(async (c, visit) => {
      if (visit.sessionToken !== '') await parts.signOut(visit.sessionToken);
      cookies.dropSession(c);
      return c.redirect(`${pagesRoot}/sign-in?signed-out=1`, 303);
    }),
  );
  // A link and not a form: it changes nothing but how the pages look to this browser.
  app.get(`${pagesRoot}/view`, (c) => {
    const { language, elder } = c.req.query();
    const now = cookies.appearance(c);
    cookies.keepAppearance(c, {
      language: language === 'zh' || language === 'en' ? language : now.language,
      elder: elder === 'yes' || (elder !== 'no' && now.elder),
    });
    return c.redirect(wayBack(c.req.query('back')), 303);
  });
}

/** The switches stand on the sign-in page too, which is nowhere to return to after a sign-in. */
function wayBack(asked: string | undefined): string {
  const signInPath = `${pagesRoot}/sign-in`;
  if (asked !== signInPath && !asked?.startsWith(`${signInPath}?`)) return returnPath(asked);
  const query = new URLSearchParams(asked.slice(signInPath.length));
  const back = returnPath(query.get('back') ?? undefined);
  return back === pagesRoot ? signInPath : `${signInPath}?${new URLSearchParams({ back })}`;
}

interface Attempt {
  readonly c: PageContext;
  readonly visit: Visit;
  readonly fields: Fields;
}

async function signIn({ parts, cookies }: Site, { c, visit, fields }: Attempt): Promise<Response> {
  const back = returnPath(fields['back']);
  const shown = { ...visit, path: `${pagesRoot}/sign-in?${new URLSearchParams({ back })}` };
  const again = (page: Partial<SignInPage>, refused?: Refused<string>) =>
    c.html(
      signInView(shown, { ...nothingWrong, back, note: null, ...page }),
      refused === undefined ? 422 : statusOf(refused.refusal),
      refused === undefined ? {} : refusedHeaders(refused),
    );
  const read = readFields(signInForm, fields);
  if ('faults' in read) return again({ faults: read.faults });
  const { cardNumber, password } = read.value;
  const answer = await parts.signIn({ cardNumber, password, address: addressOf(c, parts.proxyAddress) });
  if ('refusal' in answer) return again({ refusals: refusalSentences(answer, visit.texts) }, answer);
  // A session that this browser had before ends with the new one.
  if (visit.sessionToken !== '') await parts.signOut(visit.sessionToken);
  cookies.keepSession(c, answer.token);
  c.set('visit', visitWith(visit, answer.token));
  return c.redirect(back, 303);
}
