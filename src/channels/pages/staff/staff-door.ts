import type { Hono } from 'hono';
import { listStaff, staffRoles } from '#access/staff/store.ts';
import { bearerOf } from '#access/tokens.ts';
import type { Cookies } from '#channels/pages/cookies.ts';
import { readForm, senderOf } from '#channels/pages/forms/form-body.ts';
import { formToken, isFormToken } from '#channels/pages/rules/form-token.ts';
import { isOwnSender } from '#channels/pages/rules/origin.ts';
import { passwordPath, pathWith, signInPath, staffReturnPath, staffRoot } from './rules/staff-paths.ts';
import type { StaffParts } from './staff-parts.ts';
import type { Fields, Member, SignedIn, StaffContext, StaffEnv, StaffVisit } from './staff-visit.ts';
import { problemPage } from './views/problem-view.ts';
import { type FormPath, type ListPath, mayList, mayOpen, maySend, type PagePath } from './who-may.ts';

type Answer = Response | Promise<Response>;
type StaffPage = (c: StaffContext, visit: SignedIn) => Answer;
type StaffForm = (c: StaffContext, visit: SignedIn, fields: Fields) => Answer;
type OpenForm = (c: StaffContext, visit: StaffVisit, fields: Fields) => Answer;

/** Lets staff in: every page, file and form goes through here, and only those whom the one table names. */
export interface StaffDoor {
  /** A page; `who-may.ts` says whose. */
  page(path: PagePath, handler: StaffPage): void;
  /** A list's page or its file, which the same people may have. */
  list(path: ListPath, at: 'page' | 'export', handler: StaffPage): void;
  /** A form; `back` is the page that it stands on. */
  form(path: FormPath, back: (c: StaffContext) => string, handler: StaffForm): void;
  /** A form that needs no sign-in. */
  openForm(path: string, handler: OpenForm): void;
}

interface DoorParts {
  readonly app: Hono<StaffEnv>;
  readonly parts: StaffParts;
  readonly cookies: Cookies;
}

/** What is open to whoever still has to change a first password. */
const beforeChange: readonly string[] = [passwordPath];

export function openStaffDoor({ app, parts, cookies }: DoorParts): StaffDoor {
  const admit = async (c: StaffContext, who: Admission): Promise<SignedIn | Response> => {
    const visit = c.var.visit;
    const member = await memberOf(parts, visit.sessionToken);
    if (member === null) return toSignIn(c, cookies, who.back);
    if (parts.calls.take(`${member.role} ${member.id}`) > 0) return problemPage(c, 'tooMany');
    const signedIn = { ...visit, member };
    c.set('visit', signedIn);
    if (member.mustChange && !beforeChange.includes(who.path)) return c.redirect(passwordPath, 303);
    return who.roles.includes(member.role) ? signedIn : problemPage(c, 'notYours');
  };
  const pageOf = (path: string, who: Omit<Admission, 'back' | 'path'>, handler: StaffPage) =>
    app.get(path, async (c) => {
      const visit = await admit(c, { ...who, path, back: c.var.visit.path });
      return visit instanceof Response ? visit : handler(c, visit);
    });
  return {
    page: (path, handler) => void pageOf(path, { roles: mayOpen[path] }, handler),
    list: (path, at, handler) =>
      void pageOf(at === 'page' ? path : `${path}/export`, { roles: mayList[path] }, handler),
    form: (path, back, handler) =>
      void app.post(path, async (c) => {
        const form = await readOwnForm(c, parts);
        if (form instanceof Response) return form;
        // Whatever goes wrong with the form, the switch of language leads to a page that can be asked for.
        const page = back(c);
        c.set('visit', { ...c.var.visit, path: page });
        const visit = await admit(c, { roles: maySend[path], path, back: page });
        return visit instanceof Response ? visit : handler(c, visit, form);
      }),
    openForm: (path, handler) =>
      void app.post(path, async (c) => {
        const form = await readOwnForm(c, parts);
        return form instanceof Response ? form : handler(c, c.var.visit, form);
      }),
  };
}

interface Admission {
  readonly roles: readonly Member['role'][];
  readonly path: string;
  /** Where a sign-in leads. */
  readonly back: string;
}

/** Who bears the cookie's token, if it is a member of staff: a holder and a participant are nobody here. */
async function memberOf({ session }: StaffParts, token: string): Promise<Member | null> {
  if (token === '') return null;
  const bearer = await bearerOf(session, token);
  const role = staffRoles.find((one) => one === bearer?.role);
  if (bearer === null || role === undefined) return null;
  const { subjectId: id, mustChange } = bearer;
  const [line] = await listStaff(session, id - 1n, 1);
  const known = line?.id === id ? line : undefined;
  return { id, role, mustChange, displayName: known?.displayName || known?.name || String(id) };
}

function toSignIn(c: StaffContext, cookies: Cookies, back: string): Response {
  const expired = c.var.visit.sessionToken === '' ? null : '1';
  if (expired !== null) cookies.dropSession(c);
  const path = staffReturnPath(back);
  return c.redirect(pathWith(signInPath, { back: path === staffRoot ? null : path, expired }), 303);
}

async function readOwnForm(c: StaffContext, parts: StaffParts): Promise<Fields | Response> {
  const visit = c.var.visit;
  if (!isOwnSender(senderOf(c), parts.publicUrl)) return problemPage(c, 'stale');
  const fields = await readForm(c);
  if (fields === null) return problemPage(c, 'badForm');
  const secrets = { visit: visit.visitSecret, session: visit.sessionToken };
  return isFormToken(fields['formToken'], secrets) ? fields : problemPage(c, 'stale');
}

/** The visit as it is after a sign-in or without one: its forms carry another token. */
export function visitWith(visit: StaffVisit, sessionToken: string): StaffVisit {
  const secrets = { visit: visit.visitSecret, session: sessionToken };
  return { ...visit, sessionToken, formToken: formToken(secrets) };
}
