import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { jsonContent as json, problemAnswer } from '#channels/http/wire/openapi-answers.ts';
import * as schemas from './cards-schemas.ts';

const callProblems = {
  400: problemAnswer('The request is not as the interface says'),
  401: problemAnswer('A bearer token, or a signature, is needed'),
  403: problemAnswer('Not for this caller'),
  408: problemAnswer('The body did not come in time'),
  413: problemAnswer('The body is too large'),
  415: problemAnswer('Not JSON'),
  500: problemAnswer('A fault of ours'),
};
const missing = { 404: problemAnswer('There is no such card or application') };
const conflict = { 409: problemAnswer('Not as things stand: the code says why') };
const wrong = { 422: problemAnswer('What was said cannot be: the code says what') };
const busy = { 503: problemAnswer('Too many passwords are being set: try again') };
const idParam = z.object({ id: z.string().openapi({ description: 'Our number of the card' }) });

interface CardRoute {
  readonly path: string;
  readonly summary: string;
  readonly body: z.ZodType;
  readonly answer: z.ZodType;
  readonly problems?: object;
}

const routes: readonly CardRoute[] = [
  {
    path: '/v1/card-applications',
    summary: 'Operator: somebody applies for a card',
    body: schemas.applicationBody,
    answer: schemas.applied,
    problems: { ...conflict, ...wrong },
  },
  {
    path: '/v1/cards',
    summary: 'Operator: issue a card, not active yet',
    body: schemas.issueBody,
    answer: schemas.issued,
    problems: { ...missing, ...conflict, ...wrong },
  },
  {
    path: '/v1/cards/{id}/activation',
    summary: 'Operator: hand a card out; the holder types query password and payment PIN at the counter',
    body: schemas.activationBody,
    answer: schemas.stepTaken,
    problems: { ...missing, ...conflict, ...wrong, ...busy },
  },
  {
    path: '/v1/cards/{id}/steps',
    summary: "Operator: a step of a card's life; a step taken before is answered the same",
    body: schemas.stepBody,
    answer: schemas.stepTaken,
    problems: { ...missing, ...conflict },
  },
  {
    path: '/v1/cards/{id}/replacement',
    summary: 'Operator: another number for the same card account',
    body: schemas.replacementBody,
    answer: schemas.replaced,
    problems: { ...missing, ...conflict, ...wrong },
  },
  {
    path: '/v1/card-searches',
    summary: 'Operator, auditor: find cards by their number or their holder; every card shown is audited',
    body: schemas.searchBody,
    answer: schemas.foundCards,
  },
  {
    path: '/v1/card-accounts/mine/loss-reports',
    summary: 'Holder: report the own card lost, from this answer on',
    body: schemas.lossReportBody,
    answer: schemas.stepTaken,
    problems: { ...missing, ...conflict },
  },
];

/** The routes of a card's life and of the hot list, as the interface's document says them. */
export function registerCardLife(registry: OpenAPIHono['openAPIRegistry']): void {
  for (const { path, summary, body, answer, problems = {} } of routes)
    registry.registerPath({
      method: 'post',
      path,
      summary,
      security: [{ token: [] }],
      request: {
        body: { ...json(body), required: true },
        ...(path.includes('{id}') ? { params: idParam } : {}),
      },
      responses: { 200: { description: summary, ...json(answer) }, ...callProblems, ...problems },
    });
  registry.registerPath({
    method: 'get',
    path: '/v1/cards/{id}',
    summary: 'Operator, auditor: a card and its history; audited',
    security: [{ token: [] }],
    request: { params: idParam },
    responses: {
      200: { description: 'The card', ...json(schemas.foundCard) },
      ...{ 400: callProblems[400], 401: callProblems[401], 403: callProblems[403], 500: callProblems[500] },
      ...missing,
    },
  });
  registry.registerPath({
    method: 'post',
    path: '/v1/hot-list',
    summary: 'Terminal: what to keep away since a version, or all of it; signed, without Idempotency-Key',
    security: [{ terminal: [] }],
    request: { body: { ...json(schemas.hotListBody), required: true } },
    responses: { 200: { description: 'A page of the hot list', ...json(schemas.hotList) }, ...callProblems },
  });
}
