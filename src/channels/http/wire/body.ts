import type { IncomingMessage } from 'node:http';
import type { ZodType } from 'zod';
import { type Problem, problemOf } from './problem.ts';
import { parseStrictJson } from './strict-json.ts';

/** Five hundred lines of a batch fit well; anything larger is not ours. */
export const bodyBytesMax = 512 * 1024;
const issuesMax = 10;

/** Reads a request's body, bounded in size and time. Beyond the limits the rest is not taken in. */
export function readBody(
  raw: Request,
  incoming: IncomingMessage | undefined,
  bytesMax: number = bodyBytesMax,
): Promise<Buffer | Problem> {
  const declared = Number(raw.headers.get('content-length') ?? 0);
  if (declared > bytesMax) return Promise.resolve(problemOf('body-too-large'));
  return incoming === undefined ? readWeb(raw, bytesMax) : readNode(incoming, bytesMax);
}

// A body that comes too slowly is ended by the server's own request timeout, which closes the connection.
function readNode(incoming: IncomingMessage, bytesMax: number): Promise<Buffer | Problem> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      incoming.off('data', take);
      incoming.pause();
      resolve(problemOf('body-too-large'));
    };
    incoming.on('data', take);
    incoming.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    incoming.on('error', () => resolve(problemOf('body-too-slow')));
    incoming.on('close', () => resolve(problemOf('body-too-slow')));
  });
}

async function readWeb(raw: Request, bytesMax: number): Promise<Buffer | Problem> {
  const body = Buffer.from(await raw.arrayBuffer());
  return body.length > bytesMax ? problemOf('body-too-large') : body;
}

/** The body as the schema reads it, or what is wrong with it: the path of each fault, never a value. */
export function parseBody<T>(body: Buffer, schema: ZodType<T>): { readonly value: T } | Problem {
  const json = parseStrictJson(body);
  return json === undefined ? problemOf('invalid-json') : checkShape(json.value, schema);
}

/** `within` names the field that the value stands in, where it is only a part of the body. */
export function checkShape<T>(
  value: unknown,
  schema: ZodType<T>,
  within?: string,
): { readonly value: T } | Problem {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: parsed.data };
  const errors = parsed.error.issues.slice(0, issuesMax).map((issue) => ({
    path: [...(within === undefined ? [] : [within]), ...issue.path.map(pathPart)].join('.'),
    // zod names unknown keys in its message, and a key is the caller's text too.
    message: issue.code === 'unrecognized_keys' ? 'a field that the interface does not know' : issue.message,
  }));
  return problemOf('invalid-request', { errors });
}

/** A field's name may be the caller's own text, too: only what looks like a name of ours, or a place, is repeated. */
function pathPart(part: PropertyKey): string {
  return typeof part === 'number' || /^[A-Za-z]{1,32}$/.test(String(part)) ? String(part) : '?';
}
