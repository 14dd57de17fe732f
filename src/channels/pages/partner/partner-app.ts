import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { assetResponse } from '#channels/pages/assets.ts';
import { pageHeaders } from '#channels/pages/headers.ts';
import { isLanguage } from '#channels/pages/texts/texts.ts';
import { logFailure } from '#platform/requests/log-failure.ts';
import { findEndpoint } from '#webhooks/endpoints/store.ts';
import * as acts from './endpoint-acts.ts';
import { partnerAssets } from './partner-assets.ts';
import { type PartnerParts, partnerRoot } from './partner-parts.ts';
import { type PartnerContext, type PartnerEnv, type PartnerVisit, partnerDoor } from './partner-visit.ts';
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
  app.get(
    `${partnerRoot}/assets/:name`,
    async (c, next) => assetResponse(c.req.path, partnerAssets) ?? next(),
  );
  const tooLarge = (c: PartnerContext) => show(c, site.door.bareVisitOf(c), { problem: 'too-large' });
  app.use(bodyLimit({ maxSize: bodyBytesMax, onError: (c) => tooLarge(c as PartnerContext) }));
  addSignInRoutes(site);
  addEndpointPages(site);
  app.notFound(async (c) => show(c, await site.door.visitOf(c), { problem: 'not-found' }));
  app.onError((error, c) => {
    const { isGone, requestId } = logFailure(parts.log, error, {
      of: 'a page',
      failed: 'a page of partners failed',
    });
    return isGone
      ? c.html(problemView(site.door.bareVisitOf(c), 'away'), 503)
      : c.html(problemView(site.door.bareVisitOf(c), 'fault', requestId), 500);
  });
  return app;
}

const statuses: Partial<Readonly<Record<acts.Problem, 404 | 413 | 429>>> = {
  'not-found': 404,
  'too-large': 413,
  'too-many-calls': 429,
  'too-often': 429,
};

async function show(c: PartnerContext, visit: PartnerVisit, answer: acts.Answer): Promise<Response> {
  if ('page' in answer) return c.html(answer.page);
  // What a form did is shown by a page that may be asked for again without doing it again.
  if ('done' in answer) return c.redirect(answer.done, 303);
  return c.html(problemView(visit, answer.problem), statuses[answer.problem] ?? 409);
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

type Admitted = Pick<acts.Here, 'visit' | 'participant'>;
type Handler = (parts: PartnerParts, here: acts.Here, c: PartnerContext) => Promise<acts.Answer>;

function addEndpointPages({ app, parts, door }: Site): void {
  /** Who has signed in and has not called too often, or what anybody else is answered. */
  const admit = async (c: PartnerContext): Promise<Admitted | Response> => {
    const visit = await door.visitOf(c);
    const { participant } = visit;
    if (participant === null) return toSignIn(c);
    return visit.isTooMany ? show(c, visit, { problem: 'too-many-calls' }) : { visit, participant };
  };
  const handled = (handler: Handler, isForm: boolean) => async (c: PartnerContext) => {
    const admitted = await admit(c);
    if (admitted instanceof Response) return admitted;
    const { visit } = admitted;
    if (isForm && (await door.readForm(c, visit)) === null) return show(c, visit, { problem: 'stale' });
    const here = await hereOf(parts, visit, c.req.param('id') ?? '');
    return show(c, visit, here === null ? { problem: 'not-found' } : await handler(parts, here, c));
  };
  app.get(partnerRoot, async (c) => {
    const admitted = await admit(c);
    if (admitted instanceof Response) return admitted;
    return show(c, admitted.visit, await acts.listed(parts, admitted, c.req.query('done')));
  });
  const at = `${partnerRoot}/endpoints/:id`;
  const page = (path: string, handler: Handler) => app.get(path, handled(handler, false));
  const form = (path: string, handler: Handler) => app.post(path, handled(handler, true));
  page(at, (_, here, c) => acts.messagesOf(parts, here, c.req.query()));
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
