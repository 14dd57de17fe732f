import { routePath } from 'hono/route';
import { openApiDocument } from '#channels/http/openapi.ts';
import { type HttpContext, targetOf } from '#channels/http/parts.ts';
import { type Problem, problemOf } from './problem.ts';

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
}

let known: ReadonlyMap<string, ReadonlySet<string>> | null = null;

/**
 * Why a query is refused: it says a word that the interface does not know of this route, or one of its words twice.
 * A word that is ignored would let a caller believe that it filtered. The caller's words are not repeated.
 */
export function refuseQuery(c: HttpContext): Problem | null {
  const target = targetOf(c);
  const at = target.indexOf('?');
  if (at < 0) return null;
  known ??= wordsByRoute();
  const said = [...new URLSearchParams(target.slice(at + 1)).keys()];
  const route = `${c.req.method === 'HEAD' ? 'GET' : c.req.method} ${routePath(c)}`;
  if (said.some((word) => !known?.get(route)?.has(word)))
    return problemOf('invalid-request', {
      errors: [{ path: 'query', message: 'a word that the interface does not know' }],
    });
  if (new Set(said).size < said.length)
    return problemOf('invalid-request', {
      errors: [{ path: 'query', message: 'a word that is said twice' }],
    });
  return null;
}

/** The words of each route's query as the interface's document has them: "GET /v1/staff" → "after". */
function wordsByRoute(): Map<string, ReadonlySet<string>> {
  const { paths } = openApiDocument() as { paths: Record<string, Record<string, Operation>> };
  return new Map(
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { parameters = [] }]) => [
        `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
        new Set(parameters.filter((one) => one.in === 'query').map(({ name }) => name)),
      ]),
    ),
  );
}
