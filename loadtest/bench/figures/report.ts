import { appendFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { type BarResult, type Figures, judgeBars } from './bars.ts';
import type { Measured } from './measured.ts';

/** Where and under which versions a run was made. */
export interface Setting {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly postgres: string;
  readonly secondsEach: number;
  readonly rounds: number;
  /** What it cost to make a payment's request in our process, µs, which is in the Node figures. */
  readonly requestUs: number;
}

export interface PartFigures {
  readonly what: string;
  readonly figures: Measured;
}

const baselineFile = join(import.meta.dirname, '../../baseline.jsonl');

export function settingOf(run: Pick<Setting, 'postgres' | 'secondsEach' | 'rounds' | 'requestUs'>): Setting {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    node: process.version,
    ...run,
  };
}

/** All of a run in one object, as it is printed by --json and kept by --baseline. */
export function asJson(setting: Setting, parts: ReadonlyMap<string, PartFigures>) {
  const entries = [...parts].map(([name, { figures }]) => [name, rounded(figures)] as const);
  const bars = judgeBars(figuresOf(parts)).map((bar) => ({ ...bar, ratio: Number(bar.ratio.toFixed(3)) }));
  return { ...setting, parts: Object.fromEntries(entries), bars };
}

/** Appends the run to the file that later runs are held against. */
export function appendBaseline(setting: Setting, parts: ReadonlyMap<string, PartFigures>): void {
  appendFileSync(baselineFile, `${JSON.stringify(asJson(setting, parts))}\n`);
}

/** The run as a table for people, then the ratios and bars. */
export function printReport(setting: Setting, parts: ReadonlyMap<string, PartFigures>): void {
  const { cpu, cores, node, postgres, rounds, secondsEach, requestUs } = setting;
  console.log(`\n${cores} × ${cpu}, Node ${node}, PostgreSQL ${postgres} (fsync on)`);
  console.log(`medians of ${rounds} interleaved rounds of ${secondsEach} s; CPU in µs per payment;`);
  console.log(`making a request costs ${requestUs.toFixed(1)} µs of Node in each of b, c and d\n`);
  const head = [
    'part',
    'payments/s',
    'p50 ms',
    'p99 ms',
    'PostgreSQL',
    'Node',
    'Redis',
    'group',
    'declined',
    'load µs',
  ];
  const rows = [...parts].map(([name, { what, figures }]) => [name, ...cellsOf(figures), what]);
  for (const row of [[...head, ''], ...rows]) console.log(line(row));
  const bars = judgeBars(figuresOf(parts));
  if (bars.length > 0) console.log('\nbars');
  for (const bar of bars) console.log(barLine(bar));
}

function cellsOf(figures: Measured): string[] {
  const { perSecond, p50Ms, p99Ms, postgresUs, nodeUs, redisUs, groupSize, declined, loadUs } = figures;
  return [
    perSecond.toFixed(0),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    postgresUs.toFixed(1),
    nodeUs.toFixed(1),
    redisUs.toFixed(1),
    groupSize === null ? '-' : groupSize.toFixed(1),
    declined.toFixed(0),
    loadUs === null ? '-' : loadUs.toFixed(1),
  ];
}

function line(cells: readonly string[]): string {
  const [name = '', ...rest] = cells;
  const what = rest.pop();
  return `${name.padEnd(6)}${rest.map((cell) => cell.padStart(11)).join('')}  ${what}`;
}

function barLine({ says, ratio, atLeast, met }: BarResult): string {
  const by = Math.abs(ratio / atLeast - 1) * 100;
  const verdict = `${met ? 'met' : 'MISSED'} by ${by.toFixed(0)} %`;
  return `${says.padEnd(48)} ${ratio.toFixed(2).padStart(7)} × of ${atLeast} ×   ${verdict}`;
}

function figuresOf(parts: ReadonlyMap<string, PartFigures>): Figures {
  return new Map([...parts].map(([name, { figures }]) => [name, figures]));
}

function rounded(figures: Measured) {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name,
      typeof value === 'number' ? Number(value.toFixed(2)) : value,
    ]),
  );
}
