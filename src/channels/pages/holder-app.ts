import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { logFailure } from '#platform/requests/log-failure.ts';
import { assetResponse } from './assets.ts';
import { type Cookies, cookiesFor } from './cookies.ts';
import { openDoor } from './door.ts';
import { pageHeaders } from './headers.ts';
import { type PageContext, type PageEnv, textsIn } from './page-context.ts';
import type { HolderParts } from './parts.ts';
import { addBillRoutes } from './routes/bill-routes.ts';
import { addHistoryRoutes } from './routes/history-routes.ts';
import { addHomeRoutes } from './routes/home-routes.ts';
import { addLossRoutes } from './routes/loss-routes.ts';
import { addMandateRoutes } from './routes/mandate-routes.ts';
import { addSettingsRoutes } from './routes/settings-routes.ts';
import { addSignInRoutes } from './routes/sign-in-routes.ts';
import { formToken } from './rules/form-token.ts';
import { pagesRoot, shownPath } from './rules/return-path.ts';
import type { Site } from './site.ts';
import { problemPage } from './views/problem-view.ts';

const bodyBytesMax = 8 * 1024;

/**
 * The holder's pages: plain HTML from the service itself, without a script, so that they work on any phone,
 * by keyboard and by screen reader.
 */
export function holderApp(parts: HolderParts): Hono<PageEnv> {
  const secure = parts.publicUrl?.startsWith('https://') ?? false;
  const cookies = cookiesFor({ owner: 'holder', path: pagesRoot, secure });
  const app = new Hono<PageEnv>({ strict: false });
  app.use(pageHeaders({ secure }));
  app.get(`${pagesRoot}/assets/:name`, async (c, next) => assetResponse(c.req.path) ?? next());
  app.use(async (c, next) => {
    openVisit(c, cookies);
    await next();
  });
  app.use(bodyLimit({ maxSize: bodyBytesMax, onError: (c) => problemPage(c as PageContext, 'tooLarge') }));
  const site: Site = { app, parts, cookies, door: openDoor(parts, cookies) };
  addSignInRoutes(site);
  addHomeRoutes(site);
  addHistoryRoutes(site);
  addLossRoutes(site);
  addBillRoutes(site);
  addMandateRoutes(site);
  addSettingsRoutes(site);
  app.notFound((c) => problemPage(c, 'notFound'));
  app.onError((error, c) => {
    const { isGone, requestId } = logFailure(parts.log, error, { of: 'a page', failed: 'a page failed' });
    return isGone ? problemPage(c, 'away') : problemPage(c, 'fault', requestId);
  });
  return app;
}

function openVisit(c: PageContext, cookies: Cookies): void {
  const appearance = cookies.appearance(c);
  const visitSecret = cookies.visit(c);
  const sessionToken = cookies.session(c);
  const { pathname, searchParams } = new URL(c.req.url);
  c.set('visit', {
    ...appearance,
    texts: textsIn(appearance),
    path: shownPath(pathname, searchParams),
    visitSecret,
    sessionToken,
    formToken: formToken({ visit: visitSecret, session: sessionToken }),
    signedIn: false,
    mustChange: false,
  });
}
