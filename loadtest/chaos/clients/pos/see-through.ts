import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '#testing/model/seeded-random.ts';
import { NoAnswer } from '#testing/pos/pos-line.ts';
import { type Answered, asksForSignOn, isUndecided } from '#testing/pos/pos-terminal.ts';
import type { PosKind } from '#testing/pos/terminal-state.ts';
import type { MortalTerminal } from './mortal-terminal.ts';
import type { PosNotebook, PosPage } from './pos-notebook.ts';

export interface CallerTools {
  readonly at: MortalTerminal;
  readonly random: SeededRandom;
  readonly notebook: PosNotebook;
  /** Told how long each call waited for its answer. */
  readonly called: (ms: number) => void;
}

/** Past this a request is left open, and the run has lost it. */
const patienceMs = 120_000;
const pauseMaxMs = 1_000;

/** A refund is not reversed: it is asked for until it is answered. */
const reversible: readonly PosKind[] = ['payment', 'authorise', 'void', 'cancel-hold', 'capture'];

/** Sends a transaction until it is answered; or, as many terminals do, takes it back at the first silence. */
export async function seeThrough(tools: CallerTools, page: PosPage): Promise<void> {
  const takesBack = reversible.includes(page.entry.kind) && tools.random.chance(40);
  await askFor(tools, page, takesBack);
  if (page.told !== null) return;
  await takeBack(tools, page);
  // A reversal that is refused leaves the question open.
  if (!undone.includes(page.toldOfReversal?.code ?? '')) await askFor(tools, page, false);
}

/** Taken back, or there was nothing to take back. */
export const undone: readonly string[] = ['00', '25'];

async function askFor(tools: CallerTools, page: PosPage, isOneTry: boolean): Promise<void> {
  await until(tools, async () => {
    const isRepeat = page.attempts > 0;
    page.attempts += 1;
    const answer = await ask(tools, () => tools.at.now().send(page.entry, isRepeat));
    if (answer === null || isUndecided(answer.code)) return isOneTry;
    tools.notebook.acknowledge(page, 'request', answer);
    return true;
  });
}

/** Reverses a transaction, whether or not it was answered, until the reversal is. */
export async function takeBack(tools: CallerTools, page: PosPage): Promise<void> {
  const { at, notebook } = tools;
  if (page.toldOfReversal === null) notebook.counts.reversals += 1;
  await until(tools, async () => {
    page.attempts += 1;
    const answer = await ask(tools, () => at.now().reverse(page.entry));
    if (answer === null || isUndecided(answer.code)) return false;
    notebook.acknowledge(page, 'reversal', answer);
    return true;
  });
}

/** Settles the batch, which must balance: everything in it was answered or taken back. */
export async function settle(tools: CallerTools): Promise<void> {
  const { at, notebook } = tools;
  const batch = at.now().state.batchNumber;
  await until(tools, async () => {
    const result = await ask(tools, () => at.now().settle());
    if (result === null) return false;
    if (result === 'balanced') notebook.counts.settled += 1;
    else notebook.contradict(`terminal ${at.terminalId} settled batch ${batch}: ${result}`);
    return true;
  });
}

/** Signs on anew, as a terminal does in the morning: its keys and the host's change in the middle of the traffic. */
export async function signOnAgain({ at, notebook }: CallerTools): Promise<void> {
  notebook.counts.signOns += 1;
  try {
    await at.now().signOn();
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
  }
}

/** Tries until it is done or the patience is over. */
async function until({ random }: CallerTools, isDone: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let tries = 0; performance.now() < deadline; tries++) {
    if (await isDone()) return;
    await sleep(Math.min(pauseMaxMs, 20 * 2 ** Math.min(tries, 6)) * (0.5 + random.int(100) / 200));
  }
}

/** One call, with a sign-on before it where the terminal has no keys, and after it where the host asks for one. */
async function ask<Said>(tools: CallerTools, send: () => Promise<Said>): Promise<Said | null> {
  const { at, notebook, called } = tools;
  const signOn = async () => {
    notebook.counts.signOns += 1;
    const { code } = await at.now().signOn();
    if (code !== '00' && !isUndecided(code))
      notebook.contradict(`terminal ${at.terminalId} was refused its sign-on: ${code}`);
  };
  const startedAtMs = performance.now();
  try {
    if (at.now().state.keys === null) await signOn();
    const said = await send();
    if (isAnswer(said) && asksForSignOn(said.code)) await signOn();
    return said;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    // The next message goes over a connection of its own, perhaps to the other instance.
    at.hangUp();
    return null;
  } finally {
    called(performance.now() - startedAtMs);
  }
}

const isAnswer = (said: unknown): said is Answered =>
  typeof said === 'object' && said !== null && 'code' in said;
