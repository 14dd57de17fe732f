import type { Hono } from 'hono';
import type { Cookies } from './cookies.ts';
import type { openDoor } from './door.ts';
import type { PageEnv } from './page-context.ts';
import type { HolderParts } from './parts.ts';

/** What the routes are built from. */
export interface Site {
  readonly app: Hono<PageEnv>;
  readonly parts: HolderParts;
  readonly cookies: Cookies;
  readonly door: ReturnType<typeof openDoor>;
}
