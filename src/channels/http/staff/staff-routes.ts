import type { OpenAPIHono } from '@hono/zod-openapi';
import { addStaff, type FirstSignIn, lockStaff, resetStaff } from '#access/staff/keep-staff.ts';
import { listStaff } from '#access/staff/store.ts';
import { actorOf, admitRole } from '#channels/http/bearer.ts';
import { admitAndRead } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { notKept } from '#channels/http/sign-in/sign-in-answers.ts';
import { busyResponse, problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import type { ProblemCode } from '#channels/http/wire/problem-catalogue.ts';
import { newStaffBody } from './staff-schemas.ts';

/** Who works here: kept by administrators. */
export function addStaffRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.get('/v1/staff', (c) => list(c, parts));
  app.post('/v1/staff', async (c) => {
    const call = await admitAndRead(c, parts, { roles: ['administrator'], schema: newStaffBody });
    if ('code' in call) return problemResponse(call);
    return firstSignInResponse(await addStaff(parts.signIns, call.body, { actor: call.actor }));
  });
  app.post('/v1/staff/:id/lock', (c) =>
    onStaff(c, parts, async (id, keeper) => {
      const refusal = await lockStaff(parts.signIns, id, keeper);
      return refusal === null ? c.json({ status: 'done' }) : problemResponse(problemOf(refusal));
    }),
  );
  app.post('/v1/staff/:id/reset', (c) =>
    onStaff(c, parts, async (id, keeper) => firstSignInResponse(await resetStaff(parts.signIns, id, keeper))),
  );
}

const pageMax = 100;

/** Everybody who works here, a page at a time: by these ids they are locked and reset. */
async function list(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['administrator']);
  if ('code' in bearer) return problemResponse(bearer);
  const after = c.req.query('after') ?? '0';
  if (!/^\d{1,18}$/.test(after)) {
    const errors = [{ path: 'after', message: 'a cursor of an earlier page' }];
    return problemResponse(problemOf('invalid-request', { errors }));
  }
  // One more than the page, to know whether there is another.
  const found = await listStaff(parts.session, BigInt(after), pageMax + 1);
  const page = found.slice(0, pageMax);
  const last = page.at(-1);
  return c.json({
    staff: page.map(({ id, ...line }) => ({ staffId: String(id), ...line })),
    nextAfter: found.length > pageMax && last !== undefined ? String(last.id) : null,
  });
}

async function onStaff(
  c: HttpContext,
  parts: HttpParts,
  act: (id: bigint, keeper: Parameters<typeof lockStaff>[2]) => Promise<Response>,
): Promise<Response> {
  const bearer = await admitRole(c, parts, ['administrator']);
  if ('code' in bearer) return problemResponse(bearer);
  const id = numberOf(c.req.param('id'));
  return id === null ? problemResponse(problemOf('staff-unknown')) : act(id, { actor: actorOf(bearer) });
}

/** A number of ours in a path, or null. */
export function numberOf(text: string | undefined): bigint | null {
  return text !== undefined && /^[1-9]\d{0,17}$/.test(text) ? BigInt(text) : null;
}

function firstSignInResponse(
  first: FirstSignIn | Extract<ProblemCode, 'name-taken' | 'staff-unknown' | 'busy'>,
) {
  if (first === 'busy') return busyResponse();
  if (typeof first === 'string') return problemResponse(problemOf(first));
  const { id, oneTimePassword, otpauthUri } = first;
  return Response.json({ staffId: String(id), oneTimePassword, otpauthUri }, { headers: notKept });
}
