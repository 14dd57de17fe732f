import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaimedTotals } from '#iso8583/unionpay/field48.ts';
import { formatYuan } from '#money/fen.ts';
import { StartError } from '#platform/start-error.ts';
import { signOn, takeBackOpen } from '#testing/pos/careful.ts';
import { totalsOf } from '#testing/pos/settlement-fields.ts';
import { batchEntries } from '#testing/pos/terminal-state.ts';
import { type Done, type OnTill, runCommand } from './commands.ts';
import { readCommand } from './options.ts';
import type { PosSignIns } from './sign-ins.ts';
import type { Till } from './till.ts';

/** What a terminal's day came to. */
export interface DayOf {
  readonly terminalId: number;
  readonly approved: number;
  readonly declined: number;
  readonly reversed: number;
  /** What could not be asked for, because what it speaks of was declined. */
  readonly skipped: number;
  readonly totals: ClaimedTotals;
  readonly isBalanced: boolean;
}

const defaultFile = join(import.meta.dirname, '../../fixtures/demo/pos-day.txt');
const stepsMax = 900;

/** The lines of a script. Each has the words of a command, and may end in --pin. Throws StartError. */
export function readScript(file: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file === 'default' ? defaultFile : file, 'utf8');
  } catch {
    throw new StartError(`脚本 ${file} 无法读取。The script ${file} cannot be read.`);
  }
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  const steps = lines.filter((line) => line !== '');
  if (steps.length === 0 || steps.length > stepsMax)
    throw new StartError(`脚本须有 1 至 ${stepsMax} 行命令。A script has 1 to ${stepsMax} commands.`);
  return steps;
}

const stepOptions: readonly string[] = ['--pin', '--swipe'];

/** A step of a script; every step of every terminal takes another card of the demonstration. */
function readStep(line: string, card: number): OnTill {
  const words = line.split(/\s+/);
  const said = words.filter((word) => !word.startsWith('--'));
  const presented = { card, types: words.includes('--pin'), swipes: words.includes('--swipe') };
  const unknown = words.find((word) => word.startsWith('--') && !stepOptions.includes(word));
  if (unknown !== undefined)
    throw new StartError(
      `脚本每行只能带 ${stepOptions.join('、')}。A line of a script takes ${stepOptions.join(' and ')}, not ${unknown}.`,
    );
  const command = readCommand(said, { presented, terminals: 1 });
  if (command.name === 'help' || command.name === 'script')
    throw new StartError(`脚本里不能有"${line}"。A script cannot hold "${line}".`);
  return command;
}

interface Steps {
  readonly lines: readonly string[];
  readonly place: number;
}

/** Plays a script at a terminal and settles at its end. What the terminal had open before is settled first. */
export async function playDay(till: Till, signIns: PosSignIns, steps: Steps): Promise<DayOf> {
  try {
    return await playSteps(till, signIns, steps);
  } catch (error) {
    throw till.explain(error);
  }
}

async function playSteps(till: Till, signIns: PosSignIns, { lines, place }: Steps): Promise<DayOf> {
  const { terminal } = till;
  await beginDay(till);
  const counts = { approved: 0, declined: 0, reversed: 0, skipped: 0 };
  for (const [at, line] of lines.entries()) {
    const card = 1 + ((place * lines.length + at) % signIns.holders.length);
    const command = readStep(line, card);
    if (command.name === 'settle') continue;
    const count = countOf(command, await runCommand(till, signIns, command).catch(skippedWhereUnknown));
    if (count !== null) counts[count] += 1;
  }
  const totals = totalsOf(batchEntries(terminal.state));
  const isBalanced = (await terminal.settle()) === 'balanced';
  return { terminalId: terminal.state.terminalId, ...counts, totals, isBalanced };
}

type Count = 'approved' | 'declined' | 'reversed' | 'skipped';

/** What a step counts as; null for what is no transaction. */
function countOf(command: OnTill, done: Done | null): Count | null {
  if (done === null) return 'skipped';
  if (command.name === 'reverse' || done.seen?.isReversed === true) return 'reversed';
  if (done.seen === null) return null;
  return done.isGood ? 'approved' : 'declined';
}

function skippedWhereUnknown(error: unknown): null {
  if (error instanceof StartError) return null;
  throw error;
}

async function beginDay({ terminal }: Till): Promise<void> {
  await signOn(terminal);
  await takeBackOpen(terminal);
  if (terminal.state.settling !== null || batchEntries(terminal.state).length > 0) await terminal.settle();
}

/** A line of the summary. */
export function dayLine({ terminalId, totals, isBalanced, ...counts }: DayOf): string {
  const { approved, declined, reversed, skipped } = counts;
  const { debitFen, debitCount, creditFen, creditCount } = totals;
  return (
    `终端 terminal ${terminalId}: 成功 approved ${approved},拒绝 declined ${declined},冲正 reversed ${reversed},略过 skipped ${skipped};` +
    `借记 debit ${debitCount} ${formatYuan(debitFen)},贷记 credit ${creditCount} ${formatYuan(creditFen)}:` +
    `${isBalanced ? '对账平 balanced' : '对账不平 NOT BALANCED'}`
  );
}
