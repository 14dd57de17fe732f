import type { RouteCaller } from '#testing/http/who-may-call.ts';
import type { Caller } from './callers.ts';
import type { Finding, Judge } from './judge.ts';
import type { Owned } from './owned.ts';
import type { Interface, Operation } from './requests/document.ts';
import type { Draft } from './requests/generate.ts';
import { type Known, learnFrom } from './requests/known.ts';
import { learntNames } from './requests/town.ts';
import type { Answer, Outgoing, Wire } from './wire.ts';

type Headers = Outgoing['headers'];

/** How a draft is sent. */
interface Manner {
  readonly caller: Caller;
  readonly label: string;
  readonly change?: (headers: Headers) => Headers;
}

export interface Exchange {
  /** Proves, sends, judges, and learns from what comes back; null where no answer came. */
  send(draft: Draft, manner: Manner): Promise<Answer | null>;
  readonly sent: () => number;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Calls in the story: the answer's fields, none where it was none. */
export interface Teller {
  read(as: RouteCaller, path: string): Promise<Fields>;
  post(as: RouteCaller, path: string, body?: object | string): Promise<Fields>;
  postAt(terminalId: number, path: string, body: object): Promise<Fields>;
  pick(name: string, choice?: number): unknown;
}

export interface ExchangeTools {
  readonly its: Interface;
  readonly wire: Wire;
  readonly judge: Judge;
  readonly known: Known;
  readonly owned: Owned;
  readonly report: (findings: readonly Finding[]) => void;
}

export function openExchange(tools: ExchangeTools): Exchange {
  let sent = 0;
  return {
    sent: () => sent,
    send: async (draft, manner) => {
      sent += 1;
      const operation = tools.its.find(draft.method, draft.target.split('?')[0] ?? '');
      const outgoing = await outgoingOf(draft, manner, { operation, key: `fuzz-${sent}` });
      const { caller, label } = manner;
      const isForbidden = operation?.body != null && !allows(operation, draft);
      const answer = await tools.wire.send(outgoing).catch((error: NodeJS.ErrnoException) => {
        const what = `${operation?.name ?? draft.method} ${label}: ${error.message}`;
        if (!neverLeft.includes(error.code ?? ''))
          tools.report([{ kind: 'no answer', what, example: draft.target.slice(0, 200) }]);
        return null;
      });
      if (answer === null) return null;
      tools.report(tools.judge.judge({ outgoing, caller, label, isForbidden }, answer));
      if (answer.status === 401 && manner.change === undefined) caller.renew();
      if (answer.status === 200) learn(tools, { draft, caller, operation, answer });
      return answer;
    },
  };
}

/** Node's own client refuses to send it. */
const neverLeft: readonly string[] = [
  'ERR_INVALID_CHAR',
  'ERR_UNESCAPED_CHARACTERS',
  'ERR_INVALID_HTTP_TOKEN',
];

function allows(operation: Operation, { value, type }: Draft): boolean {
  return operation.body?.type === 'text/csv' ? type === 'text/csv' : operation.allows(value);
}

async function outgoingOf(
  { method, target, body, type, terminalId }: Draft,
  { caller, change }: Manner,
  { operation, key }: { readonly operation: Operation | null; readonly key: string },
): Promise<Outgoing> {
  const isKeyed = operation?.parameters.some(({ name }) => name === 'Idempotency-Key') ?? false;
  const signing = { terminalId, key: isKeyed ? key : '' };
  const headers: Headers = [
    ...(type === null ? [] : ([['content-type', type]] as const)),
    ...(isKeyed ? ([['idempotency-key', key]] as const) : []),
    ...(await caller.prove({ method, target, body }, signing)),
  ];
  return { method, target, body, headers: change?.(headers) ?? headers };
}

interface Told {
  readonly draft: Draft;
  readonly caller: Caller;
  readonly operation: Operation | null;
  readonly answer: Answer;
}

const demoStaffMax = 6;

function learn({ known, owned }: ExchangeTools, { draft, caller, operation, answer }: Told): void {
  const said = (answer.json ?? {}) as Record<string, unknown>;
  learnFrom(known, said, learntNames);
  const { staffId, loadId, transactionId } = said;
  // The staff of the demonstration is needed; whoever was enrolled by the run may be locked.
  if (Number(staffId) > demoStaffMax) known.learn('staffId', staffId);
  if (typeof loadId === 'string' && caller.name === 'holder')
    owned.plant(`"loadId":"${loadId}"`, caller.subject);
  const path = operation?.path ?? '';
  const value = (draft.value ?? {}) as Record<string, unknown>;
  if (path === '/v1/medical/settlements') known.learn('originalMessageId', value['messageId']);
  if (path === '/v1/business-days/{date}/close') {
    known.learn('date', said['businessDate']);
    known.learn('closedDate', said['businessDate']);
  }
  const isPosted = path === '/v1/transactions' || path === '/v1/holds';
  if (!isPosted || typeof transactionId !== 'string') return;
  known.learn('transactionId', transactionId);
  const { terminalId } = draft;
  known.posted.push({ id: transactionId, terminalId, isHold: path === '/v1/holds', body: value });
}
