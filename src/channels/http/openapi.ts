import { OpenAPIHono, z } from '@hono/zod-openapi';
import { registerBatches } from '#channels/http/batches/batch-openapi.ts';
import { dayFileRoute, signedBillRoutes, utilityRoute } from '#channels/http/bills/bill-openapi.ts';
import { loadRoutes } from '#channels/http/loads/load-openapi.ts';
import { medicalRoutes } from '#channels/http/medical/medical-openapi.ts';
import { registerFigures } from '#channels/http/participants/figures-openapi.ts';
import { registerSignIns } from '#channels/http/sign-in/sign-in-openapi.ts';
import { registerStaff } from '#channels/http/staff/staff-openapi.ts';
import { registerSubsidies } from '#channels/http/subsidies/subsidy-openapi.ts';
import { registerBooks } from '#channels/http/watch/books-openapi.ts';
import { registerWebhooks } from '#channels/http/webhooks/webhook-openapi.ts';
import {
  bearerProblems,
  closeSchemas,
  jsonContent as json,
  jsonOrCsv,
  problemAnswer,
} from '#channels/http/wire/openapi-answers.ts';
import * as schemas from '#channels/http/wire/schemas.ts';
import { registerCardLife } from './cards/cards-openapi.ts';
import { registerDesk } from './desk/desk-openapi.ts';
import { registerTransit } from './transit/transit-openapi.ts';

const signedProblems = {
  400: problemAnswer('The request is not as the interface says'),
  401: problemAnswer('The terminal is not let in'),
  402: problemAnswer('Declined: the purse cannot pay'),
  403: problemAnswer('Declined: not allowed'),
  404: problemAnswer('No such card or original'),
  408: problemAnswer('The body did not come in time'),
  409: problemAnswer('Declined by the state of things, or still in flight'),
  413: problemAnswer('The body is too large'),
  415: problemAnswer('Not JSON'),
  422: problemAnswer('The key was used for another request, or the request cannot be'),
  500: problemAnswer('A fault of ours: repeat with the same key'),
  503: problemAnswer('Busy or unknown: repeat with the same key after Retry-After seconds'),
};

const bodyProblems = {
  409: problemAnswer('Not in the state that this asks for'),
  408: problemAnswer('The body did not come in time'),
  413: problemAnswer('The body is too large'),
  415: problemAnswer('Not JSON'),
  422: problemAnswer('The key was used for another request, or the request cannot be'),
};

const signedHeaders = z.object({
  'Request-Time': z
    .string()
    .regex(/^\d{13}$/)
    .openapi({ description: 'Milliseconds since 1970' }),
  'Request-Signature': z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .openapi({
      description:
        'HMAC-SHA256 in hex under the terminal key over: method, path with query, Request-Time, Idempotency-Key as written (or nothing), SHA-256 of the body in hex; joined by line feeds',
    }),
  'Retry-Attempt': z
    .string()
    .optional()
    .openapi({ description: '1 or more says that this is a repeat; changes no outcome' }),
});
const keyedHeaders = signedHeaders.extend({
  'Idempotency-Key': z.string().openapi({
    description: 'RFC draft idempotency-key-header: "…" or plain, 1 to 255 characters, kept for years',
  }),
});
const idParam = z.object({ id: z.string() });
const dateParam = z.object({ date: z.string().openapi({ example: '2026-11-22' }) });

const day = z
  .object({
    businessDate: z.string(),
    state: z.enum(['open', 'closed']),
    openedAt: z.string(),
    closedAt: z.string().nullable(),
    seal: z.string().nullable(),
    currency: z.literal('CNY'),
    accounts: z.array(
      z.object({
        account: z.string(),
        debit: z.int(),
        credit: z.int(),
        debitCount: z.int(),
        creditCount: z.int(),
      }),
    ),
    sum: z.int().openapi({ description: 'Always 0' }),
  })
  .openapi('BusinessDay');
const nets = z
  .object({
    businessDate: z.string(),
    state: z.enum(['open', 'closed']),
    currency: z.literal('CNY'),
    participants: z.array(
      z.object({
        participantId: z.int(),
        name: z.string(),
        nameEn: z.string(),
        debit: z.int(),
        credit: z.int(),
        net: z.int().openapi({ description: 'Positive: owed to the participant' }),
        debitCount: z.int(),
        creditCount: z.int(),
      }),
    ),
    participantsNet: z.int(),
    pursesNet: z.int().openapi({ description: 'With participantsNet it sums to 0' }),
  })
  .openapi('Nets');
const closing = z
  .object({ businessDate: z.string(), nextDate: z.string(), closedAt: z.string(), seal: z.string() })
  .openapi('DayClose');

interface Signed {
  readonly path: string;
  readonly summary: string;
  readonly body: z.ZodType;
  readonly answer?: z.ZodType;
  readonly keyed?: boolean;
}

const signedRoutes: readonly Signed[] = [
  { path: '/v1/transactions', summary: 'Post a payment, tap or load', body: schemas.transactionBody },
  {
    path: '/v1/transactions/batch',
    summary: 'Post up to 500 transactions, a result per line',
    body: z.strictObject({ transactions: z.array(schemas.batchLine).min(1).max(schemas.batchLinesMax) }),
    answer: schemas.batchResults,
    keyed: false,
  },
  { path: '/v1/holds', summary: 'Authorise: hold an amount', body: schemas.holdBody },
  { path: '/v1/holds/{id}/captures', summary: 'Capture a part or all of a hold', body: schemas.captureBody },
  { path: '/v1/holds/{id}/void', summary: 'Void what is left of a hold', body: schemas.voidBody },
  {
    path: '/v1/transactions/{id}/void',
    summary: 'Take a payment back whole, on its own business day',
    body: schemas.voidBody,
  },
  {
    path: '/v1/transactions/{id}/refunds',
    summary: 'Refund a part or all of a payment',
    body: schemas.refundBody,
  },
  { path: '/v1/reversals', summary: 'Reverse an original, also before it comes', body: schemas.reversalBody },
  {
    path: '/v1/card-inquiries',
    summary: 'The balances of the card before the terminal',
    body: schemas.inquiryBody,
    answer: schemas.balances,
    keyed: false,
  },
  ...signedBillRoutes,
];

/** The interface as OpenAPI 3.1 says it; kept in the repository, and compared in CI. */
export function openApiDocument(): object {
  const app = new OpenAPIHono();
  const registry = app.openAPIRegistry;
  registry.registerComponent('securitySchemes', 'terminal', {
    type: 'apiKey',
    in: 'header',
    name: 'Terminal-Id',
    description: 'With Request-Time and Request-Signature',
  });
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  for (const route of [...signedRoutes, ...medicalRoutes] as readonly Signed[]) {
    const { path, summary, body, answer = schemas.approval, keyed = true } = route;
    registry.registerPath({
      method: 'post',
      path,
      summary,
      security: [{ terminal: [] }],
      request: {
        headers: keyed ? keyedHeaders : signedHeaders,
        body: { ...json(body), required: true },
        ...(path.includes('{id}') ? { params: idParam } : {}),
      },
      responses: {
        200: { description: 'Decided; Idempotent-Replayed: true marks a repeat', ...json(answer) },
        ...signedProblems,
      },
    });
  }
  registerReads(registry);
  registerSignIns(registry);
  registerStaff(registry);
  registerCardLife(registry);
  registerDesk(registry);
  registerTransit(registry);
  registerLoads(registry);
  registerSubsidies(registry);
  registerBatches(registry);
  registerBooks(registry);
  registerFigures(registry);
  registerWebhooks(registry);
  registerOpen(registry);
  const document = withCallLimits(
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: '椰岛一卡通 Coconut Island One-Card',
        version: '1',
        description:
          'Amounts are integer fen. Problems follow RFC 9457; every code stands in /problems. Any path answers 405 to a method that it does not have, and 431 to headers over 16 KB. A field or a word of the query that is not named here is refused (400) once the caller is let in. Every answer has a header Request-Id, under which the log knows the request: the caller’s own, where it sent a UUID in lower case.',
      },
    }),
  );
  closeSchemas(document.components?.schemas);
  closeSchemas(document.paths);
  return document;
}

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

/** Whoever calls with a token may be asked to wait, whatever the call; and whatever may fail may find the database away. */
function withCallLimits(document: Document): Document {
  const answer = problemAnswer('Too many calls: wait Retry-After seconds');
  const away = problemAnswer('Busy or unknown: ask again after Retry-After seconds');
  for (const path of Object.values(document.paths ?? {})) {
    for (const { security, responses } of Object.values(path as Record<string, Operation>)) {
      const needsToken = security?.some((scheme) => 'token' in scheme) ?? false;
      if (needsToken) responses['429'] ??= withReference(answer);
      if ('500' in responses) responses['503'] ??= withReference(away);
    }
  }
  return document;
}

interface Operation {
  readonly security?: readonly object[];
  readonly responses: Record<string, object>;
}

/** In a finished document a schema is named, not written out. */
function withReference(answer: ReturnType<typeof problemAnswer>): object {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { ...answer, content: { 'application/problem+json': { schema } } };
}

function registerReads(registry: OpenAPIHono['openAPIRegistry']): void {
  const security = [{ token: [] }];
  const read = (
    path: string,
    what: { summary: string; answer: z.ZodType; query?: z.ZodObject; content?: typeof json },
  ) =>
    registry.registerPath({
      method: 'get',
      path,
      summary: what.summary,
      security,
      request: {
        params: path.includes('{id}') ? idParam : dateParam,
        ...(what.query === undefined ? {} : { query: what.query }),
      },
      responses: {
        200: { description: what.summary, ...(what.content ?? json)(what.answer) },
        ...bearerProblems,
      },
    });
  read('/v1/card-accounts/{id}/balances', {
    summary: 'Balances; "mine" for a holder',
    answer: schemas.balances,
  });
  read('/v1/card-accounts/{id}/history', {
    summary: 'History, newest first',
    answer: schemas.history,
    query: z.object({ before: z.string().optional(), limit: z.string().optional() }),
  });
  read('/v1/business-days/{date}', { summary: 'A business day, or "current"', answer: day });
  read('/v1/business-days/{date}/nets', {
    summary: "Each participant's net; format=csv for a file (UTF-8 with a byte order mark)",
    answer: nets,
    query: z.object({ format: z.enum(['json', 'csv']).optional() }),
    content: jsonOrCsv,
  });
  const { path, summary, answer, params } = dayFileRoute;
  registry.registerPath({
    method: 'get',
    path,
    summary,
    security,
    request: { params },
    responses: {
      200: { description: summary, ...json(answer) },
      ...bearerProblems,
      409: problemAnswer('The day is not closed yet'),
    },
  });
  registry.registerPath({
    method: 'post',
    path: utilityRoute.path,
    summary: utilityRoute.summary,
    security,
    request: { body: { ...json(utilityRoute.body), required: true } },
    responses: {
      200: { description: 'Saved', ...json(utilityRoute.answer) },
      ...bearerProblems,
      408: problemAnswer('The body did not come in time'),
      413: problemAnswer('The body is too large'),
      415: problemAnswer('Not JSON'),
      422: problemAnswer('The terminal is not fit, or a key is missing'),
    },
  });
  registry.registerPath({
    method: 'post',
    path: '/v1/business-days/{date}/close',
    summary: 'Cut the day off and seal it; closing it again answers the same',
    security,
    request: { params: dateParam },
    responses: {
      200: { description: 'Closed', ...json(closing) },
      ...bearerProblems,
      409: problemAnswer('It is not the open day, and was not closed before'),
      503: problemAnswer('The cut-off did not get its turn'),
    },
  });
}

/** What a holder asks of the bank, and what staff bind for it. */
function registerLoads(registry: OpenAPIHono['openAPIRegistry']): void {
  for (const { method, path, summary, answer, body, keyed, query, problems = {} } of loadRoutes) {
    registry.registerPath({
      method,
      path,
      summary,
      security: [{ token: [] }],
      request: {
        ...(path.includes('{id}') ? { params: idParam } : {}),
        ...(keyed === true ? { headers: keyedHeaders.pick({ 'Idempotency-Key': true }) } : {}),
        ...(query === undefined ? {} : { query }),
        ...(body === undefined ? {} : { body: { ...json(body), required: true } }),
      },
      responses: {
        200: { description: summary, ...json(answer) },
        ...bearerProblems,
        ...(body === undefined ? {} : bodyProblems),
        ...busyWhere(keyed),
        ...problems,
      },
    });
  }
}

/** Whoever orders a load waits for a bank, and so many may. */
function busyWhere(isOrder: boolean | undefined) {
  return isOrder === true ? { 503: signedProblems[503] } : {};
}

/** What anybody may read: how the service does, and the interface itself. */
function registerOpen(registry: OpenAPIHono['openAPIRegistry']): void {
  const status = json(z.object({ status: z.string() }));
  const texts = { content: { 'text/plain': { schema: z.string() } } };
  const catalogue = z.record(
    z.string(),
    z.object({ status: z.int(), title: z.string(), titleZh: z.string() }),
  );
  const read = (path: string, summary: string, answers: Record<number, object>) =>
    registry.registerPath({
      method: 'get',
      path,
      summary,
      security: [],
      responses: Object.fromEntries(
        Object.entries(answers).map(([code, answer]) => [code, { description: summary, ...answer }]),
      ),
    });
  read('/healthz', 'Whether it is alive', { 200: status });
  const notReady = z.object({
    status: z.literal('not-ready'),
    why: z.enum(['draining', 'clock-skew', 'database']),
  });
  read('/readyz', 'Whether it can serve', { 200: status, 503: json(notReady) });
  read('/metrics', 'How it does, for Prometheus', { 200: texts, 500: problemAnswer('A fault of ours') });
  read('/openapi.json', 'This document', { 200: json(z.record(z.string(), z.unknown())) });
  read('/problems', 'Every problem, by its code', { 200: json(catalogue) });
}
