import type { OpenAPIHono } from '@hono/zod-openapi';
import { admitRole } from '#channels/http/bearer.ts';
import { readJson } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { readQuery } from '#channels/http/wire/read-query.ts';
import { findEndpoint } from '#webhooks/endpoints/store.ts';
import {
  findMessage,
  type MessageState,
  messagesPageMax,
  readMessages,
  replayFailed,
  replayMessage,
} from '#webhooks/messages/store.ts';
import { webhookId } from '#webhooks/rules/signature.ts';
import { admitToOwn, namedId } from './own-endpoint.ts';
import { messageJson } from './webhook-json.ts';
import { replayBody } from './webhook-schemas.ts';

const own = '/v1/participants/mine/webhook-endpoints';

/** What an endpoint was sent, what came of it, and sending it again. */
export function addMessageRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.get(`${own}/:id/messages`, (c) => listOwn(c, parts));
  app.get(`${own}/:id/messages/:messageId`, (c) => show(c, parts));
  app.post(`${own}/:id/messages/:messageId/replay`, (c) => replay(c, parts));
  app.post(`${own}/:id/replay`, (c) => replayAll(c, parts));
  app.get('/v1/webhook-endpoints/:id/messages', (c) => listAny(c, parts));
}

const pageDefault = 20;
const patterns = {
  state: /^(waiting|delivered|failed)$/,
  before: /^[1-9]\d{0,17}$/,
  limit: /^([1-9]\d?|100)$/,
} as const;

async function listOwn(c: HttpContext, parts: HttpParts): Promise<Response> {
  const named = await admitToOwn(c, parts);
  return 'code' in named ? problemResponse(named) : page(c, parts, named.id);
}

async function listAny(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['administrator', 'operator']);
  if ('code' in bearer) return problemResponse(bearer);
  const id = namedId(c.req.param('id'));
  const found = id === null ? null : await findEndpoint(parts.session, id, null);
  return found === null ? problemResponse(problemOf('endpoint-unknown')) : page(c, parts, found.id);
}

async function page(c: HttpContext, parts: HttpParts, endpointId: bigint): Promise<Response> {
  const query = readQuery(c, patterns, messagesPageMax);
  if ('code' in query) return problemResponse(query);
  const { state = null, before, limit = pageDefault } = query.said;
  const size = Number(limit);
  const found = await readMessages(parts.session, endpointId, {
    before: before === undefined ? null : BigInt(before),
    state: state as MessageState | null,
    limit: size + 1,
  });
  const shown = found.slice(0, size);
  const nextBefore = found.length > size ? String(shown.at(-1)?.id) : null;
  return c.json({ messages: shown.map(messageJson), nextBefore });
}

/** "msg_17" as its number, or null. */
function messageIdOf(c: HttpContext): bigint | null {
  const match = /^msg_([1-9]\d{0,17})$/.exec(c.req.param('messageId') ?? '');
  return match === null ? null : BigInt(match[1] as string);
}

async function show(c: HttpContext, parts: HttpParts): Promise<Response> {
  const named = await admitToOwn(c, parts);
  if ('code' in named) return problemResponse(named);
  const id = messageIdOf(c);
  const message = id === null ? null : await findMessage(parts.session, named.id, id);
  if (message === null) return problemResponse(problemOf('message-unknown'));
  const { id: messageId, ...rest } = message;
  return c.json({ messageId: webhookId(messageId), ...rest });
}

async function replay(c: HttpContext, parts: HttpParts): Promise<Response> {
  const named = await admitToOwn(c, parts);
  if ('code' in named) return problemResponse(named);
  const id = messageIdOf(c);
  const isThere = id !== null && (await replayMessage(parts.session, named.id, id));
  return isThere ? c.json({ status: 'done' }) : problemResponse(problemOf('message-unknown'));
}

async function replayAll(c: HttpContext, parts: HttpParts): Promise<Response> {
  const named = await admitToOwn(c, parts);
  if ('code' in named) return problemResponse(named);
  const body = await readJson(c, replayBody);
  if (!('value' in body)) return problemResponse(body);
  const replayed = await replayFailed(parts.session, named.id, new Date(body.value.since));
  return c.json({ replayed });
}
