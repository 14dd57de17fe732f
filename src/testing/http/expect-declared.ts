import { openApiDocument } from '#channels/http/openapi.ts';
import type { Got } from './http-calls.ts';

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}
const { paths } = openApiDocument() as { paths: Record<string, Record<string, Operation>> };
const routes = Object.entries(paths).map(([template, operations]) => ({
  pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`),
  operations,
}));

/** Fails when the interface's document does not declare this answer of this route; gives the answer back. */
export function expectDeclared(asked: { readonly method: string; readonly path: string }, answer: Got): Got {
  const path = asked.path.split('?')[0] ?? '';
  const operation = routes.find((route) => route.pattern.test(path))?.operations[asked.method];
  if (operation === undefined) return answer;
  const response = operation.responses[answer.status];
  const type = (answer.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const isDeclared = response?.content !== undefined && type in response.content;
  if (isDeclared || type === 'text/csv') return answer;
  throw new Error(
    `${asked.method} ${path} answers ${answer.status} ${type}, which openapi.json does not say`,
  );
}
