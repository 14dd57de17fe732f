import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { assetResponse } from '#channels/pages/assets.ts';
import { type Cookies, cookiesFor } from '#channels/pages/cookies.ts';
import { pageHeaders } from '#channels/pages/headers.ts';
import { formToken } from '#channels/pages/rules/form-token.ts';
import { TooManyWait } from '#platform/limits/gatherer.ts';
import { logFailure } from '#platform/requests/log-failure.ts';
import { addCardActRoutes } from './routes/card-act-routes.ts';
import { addCardRoutes } from './routes/card-routes.ts';
import { addDayRoutes } from './routes/day-routes.ts';
import { addHomeRoutes } from './routes/home-routes.ts';
import { addListRoutes } from './routes/list-routes.ts';
import { addSignInRoutes } from './routes/sign-in-routes.ts';
import { addSuspendedRoutes } from './routes/suspended-routes.ts';
import { staffReturnPath, staffRoot } from './rules/staff-paths.ts';
import { staffAssets } from './staff-assets.ts';
import { openStaffDoor } from './staff-door.ts';
import type { StaffParts } from './staff-parts.ts';
import type { StaffSite } from './staff-site.ts';
import type { StaffContext, StaffEnv } from './staff-visit.ts';
import { staffTextsOf } from './texts/staff-texts.ts';
import { problemPage } from './views/problem-view.ts';

const bodyBytesMax = 8 * 1024;

/** The staff pages: plain HTML from the service itself, without a script, each for exactly those who may see it. */
export function staffApp(parts: StaffParts): Hono<StaffEnv> {
  const secure = parts.publicUrl?.startsWith('https://') ?? false;
  const cookies = cookiesFor({ owner: 'staff', path: staffRoot, secure });
  const app = new Hono<StaffEnv>({ strict: false });
  app.use(pageHeaders({ secure }));
  app.get(`${staffRoot}/assets/:name`, async (c, next) => assetResponse(c.req.path, staffAssets) ?? next());
  app.use(async (c, next) => {
    openVisit(c, cookies);
    await next();
  });
  app.use(bodyLimit({ maxSize: bodyBytesMax, onError: (c) => problemPage(c as StaffContext, 'tooLarge') }));
  const site: StaffSite = { app, parts, cookies, door: openStaffDoor({ app, parts, cookies }) };
  addSignInRoutes(site);
  addHomeRoutes(site);
  addCardRoutes(site);
  addCardActRoutes(site);
  addDayRoutes(site);
  addSuspendedRoutes(site);
  addListRoutes(site);
  app.notFound((c) => problemPage(c, 'notFound'));
  app.onError((error, c) => {
    if (error instanceof TooManyWait) return problemPage(c, 'busy');
    const { isGone, requestId } = logFailure(parts.log, error, {
      of: 'a page',
      failed: 'a staff page failed',
    });
    return isGone ? problemPage(c, 'away') : problemPage(c, 'fault', requestId);
  });
  return app;
}

function openVisit(c: StaffContext, cookies: Cookies): void {
  const { language } = cookies.appearance(c);
  const visitSecret = cookies.visit(c);
  const sessionToken = cookies.session(c);
  const { pathname, search } = new URL(c.req.url);
  c.set('visit', {
    ...{ language, texts: staffTextsOf[language], path: staffReturnPath(pathname + search) },
    ...{ visitSecret, sessionToken, member: null },
    formToken: formToken({ visit: visitSecret, session: sessionToken }),
  });
}
