import type { SignInRefused } from '#access/sign-in/attempt.ts';
import { signOut } from '#access/sign-in/sign-out.ts';
import { changeStaffPassword, signInStaff } from '#access/staff/sign-in.ts';
import type { OpenedSession } from '#access/tokens.ts';
import { bearerOf } from '#access/tokens.ts';
import { passwordForm, readStaffForm, signInForm } from '#channels/pages/staff/forms/staff-forms.ts';
import {
  passwordPath,
  pathWith,
  signInPath,
  staffReturnPath,
  staffRoot,
} from '#channels/pages/staff/rules/staff-paths.ts';
import { visitWith } from '#channels/pages/staff/staff-door.ts';
import type { StaffParts } from '#channels/pages/staff/staff-parts.ts';
import type { StaffSite } from '#channels/pages/staff/staff-site.ts';
import {
  type Fields,
  type SignedIn,
  type StaffContext,
  type StaffVisit,
  staffAddressOf,
} from '#channels/pages/staff/staff-visit.ts';
import { refusalSentences } from '#channels/pages/staff/views/pieces.ts';
import { passwordView, type SignInPage, signInView } from '#channels/pages/staff/views/sign-in-view.ts';

const nothingWrong = { faults: {}, refusals: [] };

/** Sign-in, password change and sign-out, and the language of the pages. */
export function addSignInRoutes(site: StaffSite): void {
  const { app, parts, cookies, door } = site;
  app.get(signInPath, (c) => {
    const expired = c.req.query('expired') === '1';
    const note = expired ? 'expired' : c.req.query('signed-out') === '1' ? 'signedOut' : null;
    const back = staffReturnPath(c.req.query('back'));
    return c.html(signInView(atSignIn(c.var.visit, back), { ...nothingWrong, back, note }));
  });
  door.openForm(signInPath, (c, visit, fields) => signIn(site, { c, visit, fields }));
  door.openForm(`${staffRoot}/sign-out`, async (c, visit) => {
    await endSession(parts, visit.sessionToken);
    cookies.dropSession(c);
    return c.redirect(`${signInPath}?signed-out=1`, 303);
  });
  door.page(passwordPath, (c, visit) => {
    const done = c.req.query('done') === '1';
    return c.html(passwordView({ ...visit, path: passwordPath }, { ...nothingWrong, done }));
  });
  door.form(
    passwordPath,
    () => passwordPath,
    (c, visit, fields) => changePassword(site, { c, visit, fields }),
  );
  // A link and not a form: it changes nothing but how the pages look to this browser.
  app.get(`${staffRoot}/view`, (c) => {
    const { language } = c.req.query();
    const now = cookies.appearance(c);
    cookies.keepAppearance(c, {
      ...now,
      language: language === 'zh' || language === 'en' ? language : now.language,
    });
    return c.redirect(wayBack(c.req.query('back')), 303);
  });
}

/** The switch of language stands on the sign-in page too, which is nowhere to return to after a sign-in. */
function atSignIn(visit: StaffVisit, back: string): StaffVisit {
  return { ...visit, path: pathWith(signInPath, { back: back === staffRoot ? null : back }) };
}

function wayBack(asked: string | undefined): string {
  if (asked !== signInPath && !asked?.startsWith(`${signInPath}?`)) return staffReturnPath(asked);
  const back = staffReturnPath(new URLSearchParams(asked.slice(signInPath.length)).get('back') ?? undefined);
  return pathWith(signInPath, { back: back === staffRoot ? null : back });
}

interface Sent<Visit> {
  readonly c: StaffContext;
  readonly visit: Visit;
  readonly fields: Fields;
}

const statuses: Readonly<Record<string, 403 | 422 | 429 | 503>> = {
  'sign-in-delayed': 429,
  'too-many-tries': 429,
  'sign-in-locked': 403,
  busy: 503,
};

async function signIn(
  { parts, cookies }: StaffSite,
  { c, visit, fields }: Sent<StaffVisit>,
): Promise<Response> {
  const back = staffReturnPath(fields['back']);
  const shown = atSignIn(visit, back);
  const again = (page: Partial<SignInPage>, status: 403 | 422 | 429 | 503 = 422) =>
    c.html(signInView(shown, { ...nothingWrong, back, note: null, ...page }), status);
  const read = readStaffForm(signInForm, fields);
  if ('faults' in read) return again({ faults: read.faults });
  const { name, password, code } = read.value;
  const address = staffAddressOf(c, parts.proxyAddress);
  const answer = await signInStaff(parts.signIns, { name: name.trim(), password, code, address });
  if ('refusal' in answer) {
    keepWaiting(c, answer);
    return again({ refusals: refusalSentences(answer, visit.texts) }, statuses[answer.refusal]);
  }
  // A session that this browser had before ends with the new one.
  await endSession(parts, visit.sessionToken);
  open({ c, cookies }, visit, answer);
  return c.redirect(answer.mustChange ? passwordPath : back, 303);
}

async function changePassword(
  { parts, cookies }: StaffSite,
  { c, visit, fields }: Sent<SignedIn>,
): Promise<Response> {
  const again = (state: Partial<Parameters<typeof passwordView>[1]>, status: 403 | 422 | 429 | 503 = 422) =>
    c.html(passwordView(visit, { ...nothingWrong, done: false, ...state }), status);
  const read = readStaffForm(passwordForm, fields);
  if ('faults' in read) return again({ faults: read.faults });
  const { role, id: subjectId } = visit.member;
  const change = { old: read.value.current, new: read.value.next };
  const answer = await changeStaffPassword(parts.signIns, { role, subjectId }, change);
  if ('refusal' in answer) {
    // Who is signed in gave a wrong password, and is not told of a wrong sign-in.
    const refusal = answer.refusal === 'sign-in-wrong' ? 'password-wrong' : answer.refusal;
    const seconds = 'retryAfterSeconds' in answer ? answer.retryAfterSeconds : null;
    const refusals = refusalSentences({ refusal, retryAfterSeconds: seconds }, visit.texts);
    return again({ refusals }, statuses[refusal]);
  }
  open({ c, cookies }, visit, answer);
  return c.redirect(`${passwordPath}?done=1`, 303);
}

function open(
  { c, cookies }: Pick<StaffSite, 'cookies'> & { readonly c: StaffContext },
  visit: StaffVisit,
  opened: OpenedSession,
): void {
  cookies.keepSession(c, opened.token);
  c.set('visit', visitWith(visit, opened.token));
}

function keepWaiting(c: StaffContext, { retryAfterSeconds }: SignInRefused): void {
  if (retryAfterSeconds !== null) c.header('retry-after', String(retryAfterSeconds));
}

/** Ends the browser's session on every instance, if it is one of staff. */
async function endSession({ session, signIns }: StaffParts, token: string): Promise<void> {
  const bearer = token === '' ? null : await bearerOf(session, token);
  if (bearer === null || bearer.role === 'holder' || bearer.role === 'participant') return;
  await signOut(signIns.pool, { token, actor: { kind: 'staff', id: bearer.subjectId } });
}
