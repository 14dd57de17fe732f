import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** How a run came to its end. */
export type Ending = 'running' | 'goals reached' | 'time over' | 'cut short' | 'broken off';

export interface LongReport {
  readonly ending: Ending;
  /** "2026-11-26T03:10:00.000Z". */
  readonly startedAt: string;
  readonly command: string;
  /** The commit of the program when it started; see `commitNow`. */
  readonly commit: string;
  readonly goals: object;
  /** The figures, or as many as there are. */
  readonly figures: Readonly<Record<string, unknown>>;
  /** Lines for people; the last is the one that counts. */
  readonly lines: readonly string[];
}

/** Writes the report as Markdown and JSON; gives the name of the first. A run writes the same files again and again. */
export function writeReport(folder: string, report: LongReport): string {
  mkdirSync(folder, { recursive: true });
  const whole = { ...report, ...groundFacts() };
  const name = `chaos-long-${report.startedAt.slice(0, 10)}`;
  const file = join(folder, `${name}.md`);
  replace(join(folder, `${name}.json`), `${JSON.stringify(whole, null, 2)}\n`);
  replace(file, inMarkdown(whole));
  return file;
}

/** A reader finds the old file or the new one, whenever the run ends. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

interface GroundFacts {
  readonly machine: string;
  readonly node: string;
}

/** On what it ran; nothing that names the machine. */
function groundFacts(): GroundFacts {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return {
    machine: `${availableParallelism()} cores (${cpu?.model.trim() ?? 'unknown'}), ${gigabytes} GB, ${process.platform}`,
    node: process.version,
  };
}

/** The commit that stands in the working tree, and whether the program differs from it. */
export function commitNow(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    const changed =
      git('status', '--porcelain', '--untracked-files=no', '--', 'src', 'loadtest/chaos', 'drizzle') !== '';
    return git('rev-parse', '--short=12', 'HEAD') + (changed ? ', with changes that are not committed' : '');
  } catch {
    return 'unknown';
  }
}

const endings: Readonly<Record<Ending, string>> = {
  running: 'It is still running, or was ended without a word: these are the figures of its last minute.',
  'goals reached': 'It ended by itself when every goal was reached.',
  'time over': 'It ended because its time was over, before every goal was reached.',
  'cut short': 'It was cut short by a signal: what was sent by then was answered and checked.',
  'broken off': 'It broke off. What was not checked is not in the figures.',
};

function inMarkdown(report: LongReport & GroundFacts): string {
  const { faults = {}, problems = [], ...rest } = report.figures as Record<string, object>;
  const table = (head: string, rows: readonly (readonly [string, unknown])[]) =>
    [`| ${head} | |`, '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${cell(value)} |`), ''].join(
      '\n',
    );
  return [
    '# Chaos, long run',
    '',
    `Started ${report.startedAt} on commit ${report.commit}. ${endings[report.ending]}`,
    '',
    table('run', [
      ['command', `\`${report.command}\``],
      ['commit', report.commit],
      ['machine', report.machine],
      ['Node', report.node],
      ...Object.entries(report.goals).map(([name, value]) => [`goal: ${name}`, value] as const),
    ]),
    table('figure', Object.entries(rest)),
    table('fault', Object.entries(faults)),
    ...(problems as readonly string[]).slice(0, problemsShownMax).map((problem) => `- WRONG: ${problem}`),
    '```',
    ...report.lines,
    '```',
    '',
  ].join('\n');
}

const problemsShownMax = 100;

function cell(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en-US');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${cell(inner)}`)
    .join('; ');
}
