import { NoAnswer } from './pos-line.ts';
import { type Answered, asksForSignOn, isUndecided, type PosTerminal } from './pos-terminal.ts';
import type { Order } from './requests.ts';
import { type Entry, isOpen, type PosKind } from './terminal-state.ts';

/** What came of a transaction that was seen through. */
export interface Seen {
  readonly entry: Entry;
  /** The answer to the transaction; null where there was none that is final. */
  readonly answer: Answered | null;
  /** Whether the host was told to take it back, and said so. */
  readonly isReversed: boolean;
}

const triesMax = 3;
const reversalTriesMax = 5;

/**
 * A transaction as a careful terminal does it: it signs on where it is told to, asks again where there is no answer,
 * and takes back what nobody answers.
 */
export async function perform(terminal: PosTerminal, kind: PosKind, order: Order): Promise<Seen> {
  if (terminal.state.keys === null) await signOn(terminal);
  const entry = terminal.begin(kind, order);
  const answer = await ask(terminal, entry);
  if (answer?.code === '77') {
    // The host has another batch open; the number under the old one is used up.
    await signOn(terminal);
    const again = terminal.begin(kind, order);
    return seen(terminal, again, await ask(terminal, again));
  }
  return seen(terminal, entry, answer);
}

async function seen(terminal: PosTerminal, entry: Entry, answer: Answered | null): Promise<Seen> {
  if (answer !== null) return { entry, answer, isReversed: false };
  const isReversed = await takeBack(terminal, entry);
  if (isReversed || isOpen(entry)) return { entry, answer, isReversed };
  // A reversal that is refused leaves the question open.
  return { entry, answer: await ask(terminal, entry, true), isReversed };
}

/** Sends it, and again as a repeat, until there is a final answer; null where there was none. */
async function ask(terminal: PosTerminal, entry: Entry, isRepeat = false): Promise<Answered | null> {
  for (let tries = 0; tries < triesMax; tries++) {
    const isAgain = isRepeat || tries > 0;
    const answer = await answerOf(() => terminal.send(entry, isAgain)).catch((error: unknown) => {
      // Nothing was ever sent, so there is nothing to take back.
      if (!isAgain) terminal.drop(entry);
      throw error;
    });
    if (answer === null) continue;
    if (answer.code === 'A0') await signOn(terminal);
    else if (!isUndecided(answer.code)) return answer;
  }
  return null;
}

/** Reverses an entry until the host says that it did. */
export async function takeBack(terminal: PosTerminal, entry: Entry): Promise<boolean> {
  for (let tries = 0; tries < reversalTriesMax; tries++) {
    const answer = await answerOf(() => terminal.reverse(entry));
    if (answer === null) continue;
    if (asksForSignOn(answer.code)) await signOn(terminal);
    if (!isOpen(entry)) return answer.code === '00' || answer.code === '25';
  }
  return false;
}

/** What was open when the terminal died is taken back before anything else. Gives what could not be. */
export async function takeBackOpen(terminal: PosTerminal): Promise<Entry[]> {
  const open = terminal.state.entries.filter(isOpen);
  if (open.length > 0 && terminal.state.keys === null) await signOn(terminal);
  for (const entry of open) await takeBack(terminal, entry);
  return open.filter(isOpen);
}

/** Signs on, or throws with what the host said instead. */
export async function signOn(terminal: PosTerminal): Promise<Answered> {
  const answer = await terminal.signOn();
  if (answer.code !== '00') throw new SignOnRefused(answer.code);
  return answer;
}

/** The host gives the terminal no working keys, and says why. */
export class SignOnRefused extends Error {
  override readonly name = 'SignOnRefused';
  readonly code: string;
  constructor(code: string) {
    super(`the host refuses the sign-on: ${code}`);
    this.code = code;
  }
}

/** Null where nobody knows what became of it. Throws where no host could be reached. */
async function answerOf(send: () => Promise<Answered>): Promise<Answered | null> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof NoAnswer && error.silence !== 'not-connected') return null;
    throw error;
  }
}
