import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '#testing/model/seeded-random.ts';
import type { TerminalClient } from '#testing/terminal-client.ts';
import type { Notebook, Page } from './notebook.ts';
import { readAnswer } from './read-answer.ts';

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

/** Sends a request as an honest terminal does: the same again, signed anew, until there is a final answer. */
export async function perform(options: CallerOptions, page: Page): Promise<Page> {
  const { random, addresses } = options;
  page.startedAtMs = performance.now();
  while (page.attempts < attemptsMax && performance.now() - page.startedAtMs < patienceMs) {
    // Now and then the same request goes to both instances at once.
    const targets = random.chance(6) ? addresses : [random.pick(addresses)];
    const retryAttempt = page.attempts;
    page.attempts += targets.length;
    await Promise.all(targets.map((address) => attempt(options, page, { address, retryAttempt })));
    if (page.final !== null) return page;
    await sleep(Math.min(pauseMaxMs, 20 * 2 ** Math.min(retryAttempt, 6)) * (0.5 + random.int(100) / 200));
  }
  return page;
}

/** Sends what was answered already once more, as a terminal does whose printer failed. */
export async function repeat(options: CallerOptions, page: Page): Promise<void> {
  page.attempts += 1;
  await attempt(options, page, { address: options.random.pick(options.addresses), retryAttempt: 1 });
}

interface Attempt {
  readonly address: string;
  readonly retryAttempt: number;
}

async function attempt(
  options: CallerOptions,
  page: Page,
  { address, retryAttempt }: Attempt,
): Promise<void> {
  const { wire, random, notebook, watch } = options;
  const isPatient = random.chance(15);
  const timeoutMs = isPatient ? patientTimeoutMs : random.pick(timeoutsMs);
  const startedAtMs = performance.now();
  const { signer, what } = page.sent;
  try {
    const meaning = readAnswer(await wire.post(signer, what, { address, timeoutMs, retryAttempt }));
    if (meaning.is === 'final') notebook.acknowledge(page, meaning.final);
    if (meaning.is === 'wrong') notebook.contradict(page, meaning.said);
  } catch {
    // No answer: refused, broken off, or too late. What became of it is asked with the next attempt.
    if (isPatient && performance.now() - startedAtMs >= patientTimeoutMs) watch.hung += 1;
  }
  watch.longestCallMs = Math.max(watch.longestCallMs, performance.now() - startedAtMs);
}
