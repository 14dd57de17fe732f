import type { Hono } from 'hono';
import type { Cookies } from '#channels/pages/cookies.ts';
import type { StaffDoor } from './staff-door.ts';
import type { StaffParts } from './staff-parts.ts';
import type { StaffEnv } from './staff-visit.ts';

/** What the routes are built from. */
export interface StaffSite {
  readonly app: Hono<StaffEnv>;
  readonly parts: StaffParts;
  readonly cookies: Cookies;
  readonly door: StaffDoor;
}
