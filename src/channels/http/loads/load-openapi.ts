import { z } from '@hono/zod-openapi';
import { problemAnswer } from '#channels/http/wire/openapi-answers.ts';
import {
  autoTopUp,
  binding,
  bindingBody,
  consentBody,
  failedLoads,
  load,
  loadBody,
  resumptionBody,
} from './load-schemas.ts';

interface TokenRoute {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly answer: z.ZodType;
  readonly body?: z.ZodType;
  readonly keyed?: boolean;
  /** What it may answer besides. */
  readonly problems?: object;
  readonly query?: z.ZodObject;
}

const oftenProblem = { 429: problemAnswer('Too often: wait Retry-After seconds') };

/** The routes of loads from the bank as the interface's document has them; all are for bearers of a token. */
export const loadRoutes: readonly TokenRoute[] = [
  {
    method: 'post',
    path: '/v1/card-accounts/mine/loads',
    summary: 'Load a purse from the bound bank account; the same key is the same order',
    body: loadBody,
    answer: load,
    keyed: true,
    problems: oftenProblem,
  },
  {
    method: 'get',
    path: '/v1/card-accounts/mine/loads/{id}',
    summary: 'How far a load is',
    answer: load,
  },
  {
    method: 'post',
    path: '/v1/card-accounts/{id}/bank-bindings',
    summary: 'Bind a bank account with the consent of its holder (operator)',
    body: bindingBody,
    answer: binding,
  },
  {
    method: 'get',
    path: '/v1/load-orders/failed',
    summary: 'Loads that people have to look at (operator, finance, auditor)',
    answer: failedLoads,
    query: z.object({ after: z.string().optional() }),
  },
  {
    method: 'post',
    path: '/v1/load-orders/resumptions',
    summary: 'Take a failed load up again (operator)',
    body: resumptionBody,
    answer: load,
  },
  {
    method: 'get',
    path: '/v1/card-accounts/mine/auto-top-up',
    summary: 'Whether loads come by themselves',
    answer: autoTopUp,
  },
  {
    method: 'post',
    path: '/v1/card-accounts/mine/auto-top-up',
    summary: 'Consent to loads by themselves below a threshold',
    body: consentBody,
    answer: autoTopUp,
    problems: oftenProblem,
  },
  {
    method: 'post',
    path: '/v1/card-accounts/mine/auto-top-up/revocation',
    summary: 'Revoke the consent; revoking again changes nothing',
    answer: autoTopUp,
  },
];
