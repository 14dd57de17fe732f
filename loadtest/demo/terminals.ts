import { randomUUID } from 'node:crypto';
import { hainanTime } from '#platform/calendar.ts';
import type { HttpAnswer, Signer, TerminalPost } from '#testing/terminal-client.ts';
import { readStory, type Step, type StoryBody, wireBody } from './story.ts';

export interface Answered {
  readonly status: number;
  readonly replayed: boolean;
  readonly body: Record<string, unknown>;
}

interface Sent {
  readonly path: string;
  readonly key: string;
  readonly body: Record<string, unknown>;
  readonly trace: Readonly<Record<string, unknown>>;
  readonly answer: Answered;
}

export interface TerminalsOptions {
  /** Signs and posts as a terminal. */
  readonly post: (signer: Signer, what: TerminalPost) => Promise<HttpAnswer>;
  /** A terminal's key in hex. */
  readonly keyOf: (terminalId: number) => string;
  readonly tell: (step: Step, answer: Answered) => void;
}

/** Plays the story's terminals against the running service. Throws at the first answer that is not as told. */
export async function playTerminals(options: TerminalsOptions): Promise<number> {
  const sent = new Map<string, Sent>();
  const story = readStory();
  for (const [i, step] of story.entries()) {
    const said = await play(step, { ...options, sent, traceNumber: firstTrace() + i });
    if (step.as !== undefined) sent.set(step.as, said);
    options.tell(step, said.answer);
    check(step, said.answer);
  }
  return story.length;
}

/** A terminal's trace goes up and starts anew each day: here it follows the clock, so that runs do not meet. */
const firstTrace = (): number => (Math.floor(Date.now() / 100) % 864_000) + 100;

async function play(
  step: Step,
  world: TerminalsOptions & { sent: Map<string, Sent>; traceNumber: number },
): Promise<Sent> {
  const { post, keyOf, sent, traceNumber } = world;
  const earlier = sent.get(step.repeat ?? step.of ?? step.traceOf ?? '');
  const fresh = { batchNumber: 1, traceNumber, localTime: hainanTime(Date.now()).replace(' ', 'T') };
  const trace = step.traceOf === undefined ? fresh : (earlier?.trace ?? fresh);
  const isRepeat = step.repeat !== undefined && earlier !== undefined;
  const id = String(earlier?.answer.body['transactionId']);
  const path = isRepeat ? earlier.path : (step.path ?? '').replace('{id}', id);
  const key = isRepeat ? earlier.key : randomUUID();
  const body = isRepeat ? { ...earlier.body, ...step.body } : bodyOf(step, trace);
  const signer = { terminalId: step.terminal, key: keyOf(step.terminal) };
  const { status, headers, body: said } = await post(signer, { path, idempotencyKey: key, body });
  const replayed = headers['idempotent-replayed'] === 'true';
  const answer = { status, replayed, body: said as Record<string, unknown> };
  return { path, key, body, trace, answer };
}

function bodyOf(step: Step, trace: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (step.lines === undefined) return wireBody(step.body ?? {}, trace);
  const line = (body: StoryBody, i: number) => ({
    idempotencyKey: randomUUID(),
    ...wireBody(body, { ...trace, traceNumber: Number(trace['traceNumber']) + 100 + i }),
  });
  return { transactions: step.lines.map(line) };
}

function check({ title, expect }: Step, { status, replayed, body }: Answered): void {
  const isAsTold =
    status === expect.status &&
    (expect.code === undefined || body['code'] === expect.code) &&
    (expect.amount === undefined || body['amount'] === expect.amount) &&
    replayed === (expect.replayed ?? false);
  if (!isAsTold) throw new Error(`"${title}" was answered ${status} ${JSON.stringify(body)}`);
}
