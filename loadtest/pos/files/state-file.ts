import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '#platform/files/make-folder.ts';
import { StartError } from '#platform/start-error.ts';
import { freshState, type TerminalState } from '#testing/pos/terminal-state.ts';

/** A terminal's memory in a file that only its owner reads: it outlives the process, and a kill at any moment. */
export interface StateFile {
  readonly state: TerminalState;
  save(): void;
  close(): void;
}

/** Opens the memory of a terminal in the folder, for one process at a time. Throws StartError. */
export function openStateFile(
  folder: string,
  { terminalId, participantId }: { readonly terminalId: number; readonly participantId: number },
): StateFile {
  makeFolder(folder);
  const file = join(folder, `${terminalId}.json`);
  const lock = `${file}.lock`;
  takeLock(lock, terminalId);
  const kept = read(file, lock);
  const state =
    kept === undefined
      ? freshState({ terminalId, participantId, firstTrace: clockTrace() })
      : { ...kept, participantId };
  return {
    state,
    save: () => {
      const beside = `${file}.new`;
      writeFileSync(beside, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
      renameSync(beside, file);
    },
    close: () => rmSync(lock, { force: true }),
  };
}

/** Where its memory was deleted, a terminal must not use the numbers again that it used before. */
const clockTrace = (): number => (Math.floor(Date.now() / 100) % 864_000) + 100;

function read(file: string, lock: string): TerminalState | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as TerminalState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    rmSync(lock, { force: true });
    throw new StartError(`终端状态文件无法读取。The terminal's memory in ${file} cannot be read: delete it.`);
  }
}

function takeLock(lock: string, terminalId: number): void {
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (isRunning(Number(readFileSync(lock, 'utf8')))) break;
      rmSync(lock, { force: true });
    }
  }
  throw new StartError(
    `终端 ${terminalId} 正在使用中。Terminal ${terminalId} is in use by another command: wait for it, or take another with --terminal.`,
  );
}

function isRunning(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
