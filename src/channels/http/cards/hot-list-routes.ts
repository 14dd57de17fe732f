import type { OpenAPIHono } from '@hono/zod-openapi';
import { acknowledgeHotList, hotPageMax, readHotList } from '#cards/hot-list.ts';
import { readCursor } from '#cards/rules/hot.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { admitSigned } from '#channels/http/signed.ts';
import { parseBody } from '#channels/http/wire/body.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { hotListBody } from './cards-schemas.ts';

/** The hot list (黑名单) for terminals: what changed since the version they have, or all of it. */
export function addHotListRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post('/v1/hot-list', (c) => serve(c, parts));
}

async function serve(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitSigned(c, parts);
  if (!('terminal' in call)) return problemResponse(call);
  if (!call.terminal.active) return problemResponse(problemOf('terminal-not-active'));
  const body = parseBody(call.body, hotListBody);
  if (!('value' in body)) return problemResponse(body);
  const { since, cursor } = body.value;
  try {
    if (since !== undefined) {
      await acknowledgeHotList(parts.session, { terminalId: call.terminal.id, version: BigInt(since) });
    }
    const page = await readHotList(parts.session, {
      since: since === undefined ? null : BigInt(since),
      cursor: cursor === undefined ? null : readCursor(cursor),
      limit: hotPageMax,
    });
    const isFirst = since === undefined && cursor === undefined;
    const key = isFirst ? { key: parts.secrets.hotListKey().toString('hex') } : {};
    return c.json({ ...page, version: Number(page.version), ...key });
  } catch (error) {
    parts.gate.giveBack(call.signature);
    throw error;
  }
}
