import type { OpenAPIHono, z } from '@hono/zod-openapi';
import { problemAnswer } from '#channels/http/wire/openapi-answers.ts';
import * as schemas from './sign-in-schemas.ts';

/** A route as the document tells it. */
export interface DeclaredRoute {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly open?: boolean;
  readonly body?: z.ZodType;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly answer: z.ZodType;
  /** What it answers besides 200, what every route answers, and what every route with a body answers. */
  readonly statuses?: readonly number[];
}

const everywhere = [400, 401, 500];
const withBearer = [403];
const withBody = [408, 413, 415];
const words: Readonly<Record<number, string>> = {
  400: 'The request is not as the interface says',
  401: 'Not signed in, or the sign-in is not right',
  403: 'Not for this caller, or not yet',
  404: 'There is nothing here',
  408: 'The body did not come in time',
  409: 'Not in the present state of things',
  413: 'The body is too large',
  415: 'Not JSON',
  422: 'Too simple, or not new',
  429: 'Too many tries: wait Retry-After seconds',
  500: 'A fault of ours',
  503: 'Busy: nothing was done, try again after Retry-After seconds',
};

/** Puts routes into the document, with every status that they can answer. */
export function registerRoutes(
  registry: OpenAPIHono['openAPIRegistry'],
  routes: readonly DeclaredRoute[],
): void {
  for (const route of routes) {
    const { method, path, summary, open = false, body, params, query, answer } = route;
    registry.registerPath({
      method,
      path,
      summary,
      security: open ? [] : [{ token: [] }],
      request: {
        ...(params === undefined ? {} : { params }),
        ...(query === undefined ? {} : { query }),
        ...(body === undefined
          ? {}
          : { body: { content: { 'application/json': { schema: body } }, required: true } }),
      },
      responses: {
        200: { description: summary, content: { 'application/json': { schema: answer } } },
        ...problemsOf(route),
      },
    });
  }
}

function problemsOf({ open = false, body, statuses = [] }: DeclaredRoute): Record<number, object> {
  const all = [
    ...everywhere,
    ...(open ? [] : withBearer),
    ...(body === undefined ? [] : withBody),
    ...statuses,
  ];
  return Object.fromEntries(all.map((status) => [status, problemAnswer(words[status] ?? '')]));
}

const signInStatuses = [429, 503];
const changeStatuses = [422, 429, 503];

/** Signing in and out, and what people keep secret. */
export function registerSignIns(registry: OpenAPIHono['openAPIRegistry']): void {
  registerRoutes(registry, [
    {
      method: 'post',
      path: '/v1/holder-sign-ins',
      summary: 'Sign a holder in by card number and query password',
      open: true,
      body: schemas.holderSignInBody,
      answer: schemas.session,
      statuses: signInStatuses,
    },
    {
      method: 'post',
      path: '/v1/staff-sign-ins',
      summary: 'Sign a member of staff in by name, password and one-time code',
      open: true,
      body: schemas.staffSignInBody,
      answer: schemas.session,
      statuses: signInStatuses,
    },
    { method: 'post', path: '/v1/sign-outs', summary: 'End this session', answer: schemas.done },
    {
      method: 'post',
      path: '/v1/card-accounts/mine/query-password',
      summary: 'Change the query password: all sessions end, and a new one begins',
      body: schemas.queryPasswordBody,
      answer: schemas.session,
      statuses: changeStatuses,
    },
    {
      method: 'post',
      path: '/v1/card-accounts/mine/payment-pin',
      summary: 'Choose the payment PIN',
      body: schemas.paymentPinBody,
      answer: schemas.done,
      statuses: changeStatuses,
    },
    {
      method: 'post',
      path: '/v1/staff/mine/password',
      summary: 'Change the password: all sessions end, and a new one begins',
      body: schemas.staffPasswordBody,
      answer: schemas.session,
      statuses: changeStatuses,
    },
  ]);
}
