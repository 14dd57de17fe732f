import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { jsonContent as json, jsonOrCsv, problemAnswer } from '#channels/http/wire/openapi-answers.ts';
import * as schemas from './subsidy-schemas.ts';

const csv = { content: { 'text/csv': { schema: z.string() } } };

const readProblems = {
  400: problemAnswer('The request is not as the interface says'),
  401: problemAnswer('A bearer token is needed'),
  403: problemAnswer('Not for this caller'),
  404: problemAnswer('There is nothing here'),
  500: problemAnswer('A fault of ours'),
};
const stepProblems = { ...readProblems, 409: problemAnswer('Not with things as they stand') };
const bodyProblems = {
  ...stepProblems,
  408: problemAnswer('The body did not come in time'),
  413: problemAnswer('The body is too large'),
  415: problemAnswer('The body is of another type'),
  422: problemAnswer('What is asked cannot be'),
};
const security = [{ token: [] }];
const idParam = z.object({ id: z.string() });
const fileLine =
  'UTF-8, first line line,idNumber,name,amount; amounts in whole fen; up to 100,000 lines and 8 MB';

const bodies = [
  ['/v1/subsidy-programmes', 'Make or change a programme', schemas.programmeBody, schemas.programme],
  [
    '/v1/subsidy-batches/{id}/decision',
    'Approve or reject, as a second person',
    schemas.decisionBody,
    schemas.batch,
  ],
  [
    '/v1/subsidy-batches/{id}/withdrawal',
    'Take back what was not paid, unless it is proposed or approved',
    schemas.withdrawalBody,
    schemas.batch,
  ],
] as const;
const files = [
  [
    '/v1/subsidy-programmes/{code}/batches',
    `Import a file for a period (${fileLine}); the same file is one batch`,
  ],
  ['/v1/subsidy-batches/{id}/corrections', `Put new content in the place of unpaid lines (${fileLine})`],
] as const;
const steps = [
  ['/v1/subsidy-batches/{id}/publication', 'Publish the list (公示)'],
  ['/v1/subsidy-batches/{id}/proposal', 'Propose the batch to a second person'],
  ['/v1/subsidy-batches/{id}/run', 'Start paying; it goes on by itself, also after a restart'],
] as const;

/** The routes of subsidies in the interface's document. */
export function registerSubsidies(registry: OpenAPIHono['openAPIRegistry']): void {
  for (const [path, summary, body, answer] of bodies) {
    registry.registerPath({
      ...{ method: 'post', path, summary, security },
      request: {
        body: { ...json(body), required: true },
        ...(path.includes('{id}') ? { params: idParam } : {}),
      },
      responses: { 200: { description: summary, ...json(answer) }, ...bodyProblems },
    });
  }
  for (const [path, summary] of files) {
    const isImport = path.includes('{code}');
    registry.registerPath({
      ...{ method: 'post', path, summary, security },
      request: {
        body: { ...csv, required: true },
        params: isImport ? z.object({ code: z.string() }) : idParam,
        ...(isImport ? { query: z.object({ period: schemas.period }) } : {}),
      },
      responses: { 200: { description: summary, ...json(schemas.batch) }, ...bodyProblems },
    });
  }
  for (const [path, summary] of steps) {
    registry.registerPath({
      ...{ method: 'post', path, summary, security },
      request: { params: idParam },
      responses: { 200: { description: summary, ...json(schemas.batch) }, ...stepProblems },
    });
  }
  registerReads(registry);
}

function registerReads(registry: OpenAPIHono['openAPIRegistry']): void {
  const page = { before: z.string().optional(), limit: z.string().optional() };
  const read = (
    path: string,
    summary: string,
    {
      answer,
      query,
      content = json,
    }: { readonly answer: z.ZodType; readonly query?: z.ZodObject; readonly content?: typeof json },
  ) =>
    registry.registerPath({
      ...{ method: 'get', path, summary, security },
      request: {
        ...(path.includes('{id}') ? { params: idParam } : {}),
        ...(query === undefined ? {} : { query }),
      },
      responses: { 200: { description: summary, ...content(answer) }, ...readProblems },
    });
  read('/v1/subsidy-programmes', 'Programmes; an agency sees its own', { answer: schemas.programmes });
  read('/v1/subsidy-batches', 'Batches, newest first', { answer: schemas.batches, query: z.object(page) });
  read('/v1/subsidy-batches/{id}', 'How far a batch is', { answer: schemas.batch });
  read(
    '/v1/subsidy-batches/{id}/lines',
    'Its lines with masked names; format=csv for a file (UTF-8 with a byte order mark)',
    {
      answer: schemas.lines,
      content: jsonOrCsv,
      query: z.object({
        state: z.string().optional(),
        after: z.string().optional(),
        limit: z.string().optional(),
        format: z.enum(['json', 'csv']).optional(),
      }),
    },
  );
  read(
    '/v1/card-accounts/{id}/subsidies',
    'What the account is paid by programme and period; "mine" for a holder',
    {
      answer: schemas.payments,
      query: z.object(page),
    },
  );
}
