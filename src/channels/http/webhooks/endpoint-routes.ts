import type { OpenAPIHono } from '@hono/zod-openapi';
import { actorOf, admitRole } from '#channels/http/bearer.ts';
import { admitAndRead } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { notKept } from '#channels/http/sign-in/sign-in-answers.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import {
  createEndpoint,
  disable,
  enable,
  rotateKeys,
  rotationOverlapSeconds,
} from '#webhooks/endpoints/keep-endpoints.ts';
import { listEndpoints } from '#webhooks/endpoints/store.ts';
import { sendTest } from '#webhooks/messages/send-test.ts';
import { webhookId } from '#webhooks/rules/signature.ts';
import { admitToOwn, namedId } from './own-endpoint.ts';
import { endpointJson } from './webhook-json.ts';
import { newEndpointBody } from './webhook-schemas.ts';

/** Those of a day ago make room one by one: it is worth asking again each hour. */
const rotationsAgainSeconds = 3_600;

const own = '/v1/participants/mine/webhook-endpoints';

/** A participant's endpoints, which it keeps itself; administrators see them and may disable one. */
export function addEndpointRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post(own, (c) => make(c, parts));
  app.get(own, (c) => list(c, parts));
  app.post(`${own}/:id/rotation`, (c) => rotate(c, parts));
  app.post(`${own}/:id/disable`, (c) => disableOwn(c, parts));
  app.post(`${own}/:id/enable`, (c) => enableOwn(c, parts));
  app.post(`${own}/:id/test`, (c) => test(c, parts));
  app.get('/v1/webhook-endpoints', (c) => listOf(c, parts));
  app.post('/v1/webhook-endpoints/:id/disable', (c) => disableAny(c, parts));
}

async function make(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: ['participant'], schema: newEndpointBody });
  if ('code' in call) return problemResponse(call);
  const wish = { participantId: Number(call.bearer.subjectId), url: call.body.url };
  const made = await createEndpoint(parts.webhooks, wish, call.actor);
  if (typeof made === 'string') return problemResponse(problemOf(made));
  return c.json({ ...endpointJson(made.endpoint), secret: made.keys.secret }, 200, notKept);
}

async function list(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['participant']);
  if ('code' in bearer) return problemResponse(bearer);
  return c.json({
    endpoints: (await listEndpoints(parts.session, Number(bearer.subjectId))).map(endpointJson),
  });
}

async function rotate(c: HttpContext, parts: HttpParts): Promise<Response> {
  const named = await admitToOwn(c, parts);
  if ('code' in named) return problemResponse(named);
  const keys = await rotateKeys(parts.webhooks, named, named.actor);
  if (typeof keys === 'string') {
    const again = keys === 'too-many-rotations' ? { retryAfterSeconds: rotationsAgainSeconds } : {};
    return problemResponse(problemOf(keys, again));
  }
  const previousUntil = new Date(Date.now() + rotationOverlapSeconds * 1_000);
  return c.json({ ...keys, previousUntil }, 200, notKept);
}

async function disableOwn(c: HttpContext, parts: HttpParts): Promise<Response> {
  const named = await admitToOwn(c, parts);
  if ('code' in named) return problemResponse(named);
  const endpoint = await disable(parts.webhooks, { ...named, reason: 'by-participant' }, named.actor);
  return typeof endpoint === 'string' ? problemResponse(problemOf(endpoint)) : c.json(endpointJson(endpoint));
}

async function enableOwn(c: HttpContext, parts: HttpParts): Promise<Response> {
  const named = await admitToOwn(c, parts);
  if ('code' in named) return problemResponse(named);
  const enabled = await enable(parts.webhooks, named, named.actor);
  if (typeof enabled === 'string') return problemResponse(problemOf(enabled));
  return c.json({ ...endpointJson(enabled.endpoint), missedNothing: enabled.missedNothing });
}

async function test(c: HttpContext, parts: HttpParts): Promise<Response> {
  const named = await admitToOwn(c, parts);
  if ('code' in named) return problemResponse(named);
  const sent = await sendTest(parts.pool, named, Date.now());
  if (typeof sent === 'string') {
    const again = sent === 'too-often' ? { retryAfterSeconds: 60 } : {};
    return problemResponse(problemOf(sent, again));
  }
  return c.json({ messageId: webhookId(sent.messageId) });
}

async function listOf(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['administrator', 'operator']);
  if ('code' in bearer) return problemResponse(bearer);
  const participantId = namedId(c.req.query('participantId'));
  if (participantId === null) {
    const errors = [{ path: 'participantId', message: 'the number of a participant' }];
    return problemResponse(problemOf('invalid-request', { errors }));
  }
  return c.json({ endpoints: (await listEndpoints(parts.session, Number(participantId))).map(endpointJson) });
}

async function disableAny(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['administrator']);
  if ('code' in bearer) return problemResponse(bearer);
  const id = namedId(c.req.param('id'));
  if (id === null) return problemResponse(problemOf('endpoint-unknown'));
  const named = { id, participantId: null, reason: 'by-staff' as const };
  const endpoint = await disable(parts.webhooks, named, actorOf(bearer));
  return typeof endpoint === 'string' ? problemResponse(problemOf(endpoint)) : c.json(endpointJson(endpoint));
}
