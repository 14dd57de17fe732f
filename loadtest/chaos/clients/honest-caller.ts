import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '#testing/model/seeded-random.ts';
import type { HttpAnswer, TerminalClient, TerminalPost } from '#testing/terminal-client.ts';
import type { Notebook } from './notebook.ts';
import { readAnswer } from './read-answer.ts';
import type { Page } from './told/page.ts';

export interface CallerOptions {
  readonly wire: TerminalClient;
  readonly addresses: readonly string[];
  readonly notebook: Notebook;
  readonly random: SeededRandom;
  readonly watch: CallWatch;
}

/** What is counted about single calls. */
export interface CallWatch {
  /** The longest that one call waited for its answer. */
  longestCallMs: number;
  /** Calls that a patient client gave up: the service held a request beyond every limit of its own. */
  hung: number;
}

/** Past this a request is left open, and the run has lost it. */
const patienceMs = 120_000;
const attemptsMax = 400;
const pauseMaxMs = 1_000;
/** Most clients are impatient, so that many attempts are given up in the middle of a commit. */
const timeoutsMs = [250, 500, 1_000, 2_000, 4_000];
/** Some wait, to see how long the service holds a request. */
const patientTimeoutMs = 30_000;

/** Pages that go out in one call, and come back in one. */
interface Parcel {
  readonly pages: readonly Page[];
  readonly what: TerminalPost;
  /** The answers to the pages, in order. */
  readonly open: (answer: HttpAnswer) => readonly HttpAnswer[];
}

/** Sends a request as an honest terminal does: the same again, signed anew, until there is a final answer. */
export async function perform(options: CallerOptions, page: Page): Promise<Page> {
  await deliver(options, single(page));
  return page;
}

/** Sends requests of one terminal in one call; where one of them is open afterwards, all of them come again. */
export async function performTogether(options: CallerOptions, pages: readonly Page[]): Promise<void> {
  const transactions = pages.map(({ sent: { what } }) => ({
    idempotencyKey: what.idempotencyKey,
    ...what.body,
  }));
  const what = { path: '/v1/transactions/batch', idempotencyKey: 'batch', body: { transactions } };
  await deliver(options, { pages, what, open: (answer) => linesOf(answer, pages.length) });
}

/** Sends what was answered already once more, as a terminal does whose printer failed. */
export async function repeat(options: CallerOptions, page: Page): Promise<void> {
  page.attempts += 1;
  await attempt(options, single(page), { address: options.random.pick(options.addresses), retryAttempt: 1 });
}

const single = (page: Page): Parcel => ({
  pages: [page],
  what: page.sent.what,
  open: (answer) => [answer],
});

async function deliver(options: CallerOptions, parcel: Parcel): Promise<void> {
  const { random, addresses } = options;
  const startedAtMs = performance.now();
  for (const page of parcel.pages) page.startedAtMs = startedAtMs;
  let attempts = 0;
  while (attempts < attemptsMax && performance.now() - startedAtMs < patienceMs) {
    // Now and then the same request goes to both instances at once.
    const targets = random.chance(6) ? addresses : [random.pick(addresses)];
    const retryAttempt = attempts;
    attempts += targets.length;
    for (const page of parcel.pages) page.attempts += targets.length;
    await Promise.all(targets.map((address) => attempt(options, parcel, { address, retryAttempt })));
    if (parcel.pages.every(({ final }) => final !== null)) return;
    await sleep(Math.min(pauseMaxMs, 20 * 2 ** Math.min(retryAttempt, 6)) * (0.5 + random.int(100) / 200));
  }
}

interface Attempt {
  readonly address: string;
  readonly retryAttempt: number;
}

async function attempt(
  options: CallerOptions,
  parcel: Parcel,
  { address, retryAttempt }: Attempt,
): Promise<void> {
  const { wire, random, watch } = options;
  const isPatient = random.chance(15);
  const timeoutMs = isPatient ? patientTimeoutMs : random.pick(timeoutsMs);
  const startedAtMs = performance.now();
  const [{ sent } = { sent: null }] = parcel.pages;
  try {
    if (sent === null) throw new RangeError('an empty parcel');
    const answer = await wire.post(sent.signer, parcel.what, { address, timeoutMs, retryAttempt });
    note(options.notebook, parcel, answer);
  } catch {
    // No answer: refused, broken off, or too late. What became of it is asked with the next attempt.
    if (isPatient && performance.now() - startedAtMs >= patientTimeoutMs) watch.hung += 1;
  }
  watch.longestCallMs = Math.max(watch.longestCallMs, performance.now() - startedAtMs);
}

function note(notebook: Notebook, { pages, open }: Parcel, answer: HttpAnswer): void {
  const answers = open(answer);
  for (const [i, page] of pages.entries()) {
    const meaning = readAnswer(answers[i] ?? answer);
    if (meaning.is === 'final') notebook.acknowledge(page, meaning.final);
    if (meaning.is === 'wrong') notebook.contradict(page, meaning.said);
  }
}

/** The answers to the lines; where the whole was refused, each line was. */
function linesOf(answer: HttpAnswer, lines: number): HttpAnswer[] {
  const { results } = (answer.body ?? {}) as { results?: readonly { httpStatus: number; body: unknown }[] };
  if (answer.status !== 200 || results === undefined) return Array.from({ length: lines }, () => answer);
  return results.map(({ httpStatus, body }) => ({ status: httpStatus, headers: answer.headers, body }));
}
