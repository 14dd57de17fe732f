import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../fixtures/bank/stand-in.ts');
const startLimitMs = 10_000;

/** A bank of the demonstration, or of a test, in a process of its own on a free port of this machine. */
export interface StandInBank {
  readonly address: string;
  stop(): Promise<void>;
}

export interface StandInTerms {
  /** The key that callers sign with. */
  readonly key: Buffer;
  readonly clientId: number;
  /** How late a late answer is. */
  readonly lateMs: number;
  /** What a good account holds. */
  readonly balanceFen: number;
  /** The file in which it keeps its books between two starts; without one they end with it. */
  readonly journal?: string;
}

/** Starts the stand-in bank. It ends with this process, however this process ends. */
export async function startStandInBank(terms: StandInTerms): Promise<StandInBank> {
  const { key, clientId, lateMs, balanceFen, journal } = terms;
  const child = fork(script, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.send({ keyHex: key.toString('hex'), clientId, lateMs, balance: balanceFen, journal });
  try {
    const port = await portOf(child);
    return {
      address: `http://127.0.0.1:${port}`,
      stop: async () => {
        child.kill('SIGKILL');
        await ended;
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the stand-in bank did not start')), startLimitMs);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    child.once('message', (message) => settle(() => resolve((message as { port: number }).port)));
    child.once('exit', () => settle(() => reject(new Error('the stand-in bank ended at its start'))));
    child.once('error', (error) => settle(() => reject(error)));
  });
}
