import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { pageHeaders } from '#channels/pages/headers.ts';
import { isLanguage } from '#channels/pages/texts/texts.ts';
import type { Html } from '#channels/pages/views/pieces.ts';
import { requestIdHere } from '#platform/requests/current-request.ts';
import { findEndpoint } from '#webhooks/endpoints/store.ts';
import * as acts from './endpoint-acts.ts';
import { type PartnerParts, partnerRoot } from './partner-parts.ts';
import { type PartnerContext, type PartnerEnv, type PartnerVisit, partnerDoor } from './partner-visit.ts';
import type { PartnerProblem } from './texts.ts';
import { problemView, signInPage } from './views/partner-layout.ts';

const bodyBytesMax = 4 * 1024;

interface Site {
  readonly app: Hono<PartnerEnv>;
  readonly parts: PartnerParts;
  readonly door: ReturnType<typeof partnerDoor>;
}

/** The pages of partners: their endpoints, what these were sent, and sending it again. Plain HTML, no script. */
export function partnerApp(parts: PartnerParts): Hono<PartnerEnv> {
  const secure = parts.publicUrl?.startsWith('https://') ?? false;
  const app = new Hono<PartnerEnv>({ strict: false });
  const site = { app, parts, door: partnerDoor(parts) };
  app.use(pageHeaders({ secure }));
  app.use(bodyLimit({ maxSize: bodyBytesMax }));
  addSignInRoutes(site);
  addEndpointPages(site);
  app.notFound(async (c) => show(c, await site.door.visitOf(c), { problem: 'not-found' }));
  app.onError((error, c) => {
    const requestId = requestIdHere();
    parts.log.error('a page of a partner failed', { requestId, error });
    return c.text(`fault ${requestId}`, 500);
  });
  return app;
}

type Answer = { readonly page: Html } | { readonly problem: PartnerProblem };

function show(c: PartnerContext, visit: PartnerVisit, answer: Answer): Response | Promise<Response> {
  if ('page' in answer) return c.html(answer.page);
  return c.html(problemView(visit, answer.problem), answer.problem === 'not-found' ? 404 : 409);
}

function toSignIn(c: PartnerContext): Response {
  return c.redirect(`${partnerRoot}/sign-in`, 303);
}

function addSignInRoutes({ app, door }: Site): void {
  app.get(`${partnerRoot}/sign-in`, async (c) => c.html(signInPage(await door.visitOf(c), null)));
  app.post(`${partnerRoot}/sign-in`, async (c) => {
    const visit = await door.visitOf(c);
    const fields = await door.readForm(c, visit);
    if (fields === null) return show(c, visit, { problem: 'stale' });
    const answer = await door.signIn(c, fields['apiKey'] ?? '');
    if (answer === 'in') return c.redirect(partnerRoot, 303);
    return c.html(signInPage(visit, answer), answer === 'wrong' ? 401 : 429);
  });
  app.post(`${partnerRoot}/sign-out`, async (c) => {
    const visit = await door.visitOf(c);
    if ((await door.readForm(c, visit)) === null) return show(c, visit, { problem: 'stale' });
    door.signOut(c);
    return toSignIn(c);
  });
  app.get(`${partnerRoot}/language/:to`, (c) => {
    const to = c.req.param('to');
    if (isLanguage(to)) door.keepLanguage(c, to);
    return c.redirect(partnerRoot, 303);
  });
}

type Handler = (parts: PartnerParts, here: acts.Here, c: PartnerContext) => Promise<Answer>;

function addEndpointPages({ app, parts, door }: Site): void {
  const handled = (handler: Handler, isForm: boolean) => async (c: PartnerContext) => {
    const visit = await door.visitOf(c);
    if (visit.participant === null) return toSignIn(c);
    if (isForm && (await door.readForm(c, visit)) === null) return show(c, visit, { problem: 'stale' });
    const here = await hereOf(parts, visit, c.req.param('id') ?? '');
    return show(c, visit, here === null ? { problem: 'not-found' } : await handler(parts, here, c));
  };
  app.get(partnerRoot, async (c) => {
    const visit = await door.visitOf(c);
    const { participant } = visit;
    return participant === null
      ? toSignIn(c)
      : show(c, visit, await acts.listed(parts, { visit, participant }, null));
  });
  const at = `${partnerRoot}/endpoints/:id`;
  const page = (path: string, handler: Handler) => app.get(path, handled(handler, false));
  const form = (path: string, handler: Handler) => app.post(path, handled(handler, true));
  page(at, (_, here, c) => acts.messagesOf(parts, here, { query: c.req.query(), note: null }));
  page(`${at}/messages/:messageId`, acts.message);
  form(`${at}/messages/:messageId/replay`, acts.replay);
  form(`${at}/replay`, acts.replayAll);
  form(`${at}/test`, acts.test);
  form(`${at}/disable`, acts.disableOwn);
  form(`${at}/enable`, acts.enableOwn);
}

/** The endpoint that a path names, where it is the partner's own. */
async function hereOf(parts: PartnerParts, visit: PartnerVisit, id: string): Promise<acts.Here | null> {
  const { participant } = visit;
  if (participant === null || !/^[1-9]\d{0,8}$/.test(id)) return null;
  const endpoint = await findEndpoint(parts.session, BigInt(id), participant.id);
  const by = { kind: 'participant', id: BigInt(participant.id) } as const;
  return endpoint === null ? null : { visit, participant, endpoint, by };
}
