import { expect } from 'vitest';
import { type ProblemCode, problemCatalogue } from '#channels/http/wire/problem-catalogue.ts';
import type { Got } from './http-calls.ts';

/** Holds an answer to RFC 9457 and to the catalogue: media type, status, code and both titles. */
export function expectProblem(answer: Got, code: ProblemCode): void {
  const { status, title, titleZh } = problemCatalogue[code];
  expect(answer.json, answer.text).toMatchObject({ code });
  expect(answer.json).toMatchObject({ type: `/problems/${code}`, status, title, titleZh });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
}
