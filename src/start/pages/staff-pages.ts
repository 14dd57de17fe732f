import type { Mount } from '#channels/http/app.ts';
import type { HttpParts } from '#channels/http/parts.ts';
import { staffRoot } from '#channels/pages/staff/rules/staff-paths.ts';
import { staffApp } from '#channels/pages/staff/staff-app.ts';
import type { StaffParts } from '#channels/pages/staff/staff-parts.ts';
import { sessionOf } from '#platform/postgres.ts';
import { readLamp } from '#settlement/live/lamp.ts';

/** Where the pages are reached, and what says whether the books balance. */
interface At extends Pick<StaffParts, 'publicUrl' | 'proxyAddress'>, Partial<Pick<StaffParts, 'readLamp'>> {}

/** The staff pages, ready to be mounted beside the interface; what they do is done by what the interface has. */
export function staffPages(parts: HttpParts, at: At): Mount {
  const { clearing, resolveCard, reports, session, pool, signIns, secrets, recordLook, calls, log } = parts;
  const app = staffApp({
    ...{ clearing, resolveCard, reports, session, pool, signIns, secrets, recordLook, calls, log },
    nowMs: Date.now,
    readLamp: () => readLamp(sessionOf(reports)),
    ...at,
  });
  return { path: staffRoot, app };
}
