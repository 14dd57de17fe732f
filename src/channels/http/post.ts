import type { ZodType } from 'zod';
import { failedAnswer, refused, type WireAnswer, wireAnswer } from '#channels/http/wire/answers.ts';
import { parseBody } from '#channels/http/wire/body.ts';
import { type Problem, problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import type { Caller } from '#channels/http/wire/to-request.ts';
import type { Request } from '#clearing/request.ts';
import type { HttpContext, HttpParts } from './parts.ts';
import { admitSigned, readIdempotencyKey, saysRepeat } from './signed.ts';

/** How a route turns its body into a request of the one path. */
export type ToRequest<Body> = (
  caller: Caller,
  body: Body,
  c: HttpContext,
) => Request | Problem | Promise<Request | Problem>;

/** The handler of every route that posts one request: admit, read, clear, answer. */
export function postHandler<Body>(parts: HttpParts, schema: ZodType<Body>, toRequest: ToRequest<Body>) {
  return async (c: HttpContext): Promise<Response> => {
    const call = await admitSigned(c, parts);
    if (!('terminal' in call)) return respond(refused(call));
    const key = readIdempotencyKey(c);
    if (!('key' in key)) return respond(refused(key));
    const body = parseBody(call.body, schema);
    if (!('value' in body)) return respond(refused(body));
    const caller = { terminal: call.terminal, idempotencyKey: key.key };
    const answer = await clearOne(parts, () => toRequest(caller, body.value, c), saysRepeat(c));
    if (answer.undecided) parts.gate.giveBack(call.signature);
    return respond(answer);
  };
}

/** Makes one request, clears it and words its answer; what fails on the way is logged, and the caller may repeat. */
export async function clearOne(
  parts: HttpParts,
  make: () => ReturnType<ToRequest<never>>,
  isRepeat: boolean,
): Promise<WireAnswer> {
  try {
    const request = await make();
    if ('code' in request) return refused(request);
    return wireAnswer(await parts.clearing.submit({ request, isRepeat }));
  } catch (error) {
    return failedAnswer(parts.log, error, { isRead: false });
  }
}

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' };

export function respond(answer: WireAnswer): Response {
  if (answer.httpStatus !== 200) return problemResponse(answer.body as Problem, answer.headers);
  const headers = answer.replay ? { ...jsonHeaders, ...answer.headers } : jsonHeaders;
  return new Response(JSON.stringify(answer.body), { status: 200, headers });
}

/** An unknown card is no outcome: there is nothing to pin it to. */
export async function onCard(
  parts: HttpParts,
  cardNumber: string,
  toRequest: (card: NonNullable<Awaited<ReturnType<HttpParts['resolveCard']>>>) => Request | Problem,
): Promise<Request | Problem> {
  const found = parts.resolveCard(cardNumber);
  const card = found instanceof Promise ? await found : found;
  return card === undefined ? problemOf('card-unknown') : toRequest(card);
}
