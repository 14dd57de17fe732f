import { mayCall, type RouteCaller } from '#testing/http/who-may-call.ts';
import type { Caller } from './callers.ts';
import type { Interface, Operation } from './requests/document.ts';
import type { Answer, Outgoing } from './wire.ts';

/** A request with what is known about it. */
interface Asked {
  readonly outgoing: Outgoing;
  readonly caller: Caller;
  /** What it is: "valid", or how it was spoiled. */
  readonly label: string;
  /** Whether the document forbids it, so that it must be refused. */
  readonly isForbidden: boolean;
}

/** Something that an answer should not be. */
export interface Finding {
  readonly kind: 'undocumented' | 'fault' | 'wrong caller' | 'not refused' | 'another’s data' | 'no answer';
  /** What is counted together. */
  readonly what: string;
  readonly example: string;
}

export interface Judge {
  /** How often each route was answered with each status: "POST /v1/holds" → 200 → 12. */
  readonly coverage: ReadonlyMap<string, ReadonlyMap<number, number>>;
  judge(asked: Asked, answer: Answer): Finding[];
}

/** Belongs to no operation: neither method nor path nor headers were those of one. */
const anywhere: readonly number[] = [405, 431];
const problemType = 'application/problem+json';

/** Holds every answer against the document, the table of who may call, and what is known to be whose. */
export function openJudge(its: Interface, ownership: (caller: Caller, text: string) => string[]): Judge {
  const coverage = new Map<string, Map<number, number>>(its.operations.map(({ name }) => [name, new Map()]));
  const note = (name: string, status: number) => {
    const statuses = coverage.get(name) ?? new Map<number, number>();
    coverage.set(name, statuses);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  return {
    coverage,
    judge: (asked, answer) => {
      const operation = operationOf(its, asked.outgoing);
      note(operation?.name ?? 'no route', answer.status);
      const wrong = [
        ...(answer.status === 500 ? [{ kind: 'fault' as const, what: 'a fault' }] : []),
        ...(operation === null ? outside(its, asked, answer) : documented(operation, asked, answer)).map(
          (what) => ({ kind: 'undocumented' as const, what }),
        ),
        ...(answer.headers['request-id'] === undefined
          ? [{ kind: 'undocumented' as const, what: 'no Request-Id' }]
          : []),
        ...(operation === null ? [] : admitted(operation, asked, answer)),
        ...(operation?.isOpen ? [] : ownership(asked.caller, answer.text)).map((what) => ({
          kind: 'another’s data' as const,
          what,
        })),
      ];
      const where = operation?.name ?? `${asked.outgoing.method} ${pathOf(asked.outgoing)}`;
      return wrong.map(({ kind, what }) => ({
        kind,
        what: `${where} → ${answer.status}: ${what}`,
        example: exampleOf(asked, answer),
      }));
    },
  };
}

const pathOf = ({ target }: Outgoing): string => target.split('?')[0] ?? '';

function operationOf(its: Interface, outgoing: Outgoing): Operation | null {
  const method = outgoing.method === 'HEAD' ? 'GET' : outgoing.method;
  return its.find(method, pathOf(outgoing));
}

/** What no route answers is a problem all the same. */
function outside(its: Interface, { outgoing }: Asked, answer: Answer): string[] {
  const { method } = outgoing;
  const { status, headers, text } = answer;
  const path = pathOf(outgoing);
  // A person is led to the pages.
  if (status === 302 && path.length <= 1) return [];
  const isBare = method === 'HEAD' || (method === 'OPTIONS' && status === 204);
  if (isBare) return text === '' ? [] : ['a body'];
  const expected = its.methodsOf(path).length > 0 ? methodProblems : [...methodProblems, 404];
  if (!expected.includes(status)) return ['not 404, and not 405 with what is allowed'];
  return status === 405 && headers.allow === undefined ? ['no Allow'] : problemWrong(answer);
}

const methodProblems: readonly number[] = [400, 405, 431];

function documented(operation: Operation, { outgoing }: Asked, answer: Answer): string[] {
  const { status, type, text } = answer;
  if (anywhere.includes(status)) return problemWrong(answer);
  const types = operation.answers.get(status);
  if (types === undefined) return ['a status that the document does not have'];
  const isEmpty = outgoing.method === 'HEAD' || types.length === 0;
  if (isEmpty) return text === '' ? [] : ['a body where there is none'];
  if (!types.includes(type)) return [`the content type ${type || 'none'}, which the document does not have`];
  return bodyWrong(operation, answer);
}

function bodyWrong(operation: Operation, answer: Answer): string[] {
  const { status, type, headers, text, json } = answer;
  const wrong = operation.wrongAnswer(status, type, type.endsWith('json') ? json : text);
  const another = wrong === null ? [] : [`another body: ${wrong}`];
  if (type !== problemType) return another;
  const waits = waiting.includes(status) && headers['retry-after'] === undefined ? ['no Retry-After'] : [];
  return [...another, ...waits, ...problemWrong(answer)];
}

const waiting: readonly number[] = [429, 503];

function problemWrong({ status, type, json }: Answer): string[] {
  if (type !== problemType) return [`the content type ${type || 'none'}, not that of a problem`];
  const { status: said, code } = (json ?? {}) as { status?: number; code?: string };
  if (typeof code !== 'string') return ['a problem without a code'];
  return said === status ? [] : [`a problem that says ${said}`];
}

/** Before somebody is let in, nothing but these may be said. */
const turnedAway: readonly number[] = [400, 401, 403, 404, 405, 408, 413, 415, 429, 431, 503];

function admitted(
  operation: Operation,
  { caller, isForbidden, label }: Asked,
  { status }: Answer,
): Pick<Finding, 'kind' | 'what'>[] {
  const may: readonly RouteCaller[] = mayCall[operation.name] ?? [];
  if (!may.includes(caller.name) && !turnedAway.includes(status) && status !== 500)
    return [{ kind: 'wrong caller', what: `let in ${caller.name}` }];
  if (isForbidden && status < 300) return [{ kind: 'not refused', what: label }];
  return [];
}

const shownMax = 400;

function exampleOf({ outgoing, caller, label }: Asked, answer: Answer): string {
  const body = outgoing.body === null ? '' : ` ${outgoing.body.toString('utf8').slice(0, shownMax)}`;
  const target = outgoing.target.slice(0, shownMax);
  return `${label}, as ${caller.name} ${caller.subject}: ${outgoing.method} ${target}${body} → ${answer.text.slice(0, shownMax)}`;
}
