import { z } from '@hono/zod-openapi';
import { problem } from './schemas.ts';

export const jsonContent = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });

/** What comes as a file where the query asks for one. */
export const jsonOrCsv = (schema: z.ZodType) => ({
  content: { 'application/json': { schema }, 'text/csv': { schema: z.string() } },
});

export const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
});

/** What a route may answer to whoever reads with a token, besides what it reads. */
export const bearerProblems = {
  400: problemAnswer('The request is not as the interface says'),
  401: problemAnswer('A bearer token is needed'),
  403: problemAnswer('Not for this caller'),
  404: problemAnswer('There is nothing here'),
  500: problemAnswer('A fault of ours'),
  503: problemAnswer('Busy: nothing was shown'),
};

/** What a route may answer to a member of staff who posts, besides what it does. */
export const staffPostProblems = {
  400: problemAnswer('The request is not as the interface says'),
  401: problemAnswer('A bearer token is needed'),
  403: problemAnswer('Not for this caller, or declined: not allowed'),
  404: problemAnswer('There is no such thing'),
  408: problemAnswer('The body did not come in time'),
  413: problemAnswer('The body is too large'),
  415: problemAnswer('Not JSON'),
  422: problemAnswer('The key was used for another request, or the request cannot be'),
  500: problemAnswer('A fault of ours'),
  503: problemAnswer('Too many wait: come back after Retry-After'),
};

export const idempotencyKeyHeader = z.object({
  'Idempotency-Key': z.string().openapi({
    description: 'RFC draft idempotency-key-header: "…" or plain, 1 to 255 characters, kept for years',
  }),
});

/** The keywords under which a schema holds others by name, or as a list. */
const byName = ['properties', '$defs'];

/**
 * Says of every object of the document that it has no fields beside those it names: of a request such a field is
 * refused, and of an answer a caller may rely on it. Schemas are changed where they stand.
 */
export function closeSchemas(value: unknown): void {
  if (Array.isArray(value)) {
    for (const one of value) closeSchemas(one);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const schema = value as Record<string, unknown>;
  if (isOpenObject(schema)) schema['additionalProperties'] = false;
  for (const [name, inner] of Object.entries(schema))
    closeSchemas(byName.includes(name) ? Object.values(inner as object) : inner);
}

function isOpenObject(schema: Record<string, unknown>): boolean {
  const { type, properties, additionalProperties } = schema;
  const isObject = type === 'object' || (Array.isArray(type) && type.includes('object'));
  return isObject && typeof properties === 'object' && additionalProperties === undefined;
}
