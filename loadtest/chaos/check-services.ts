import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type pg from 'pg';
import { sessionName } from '#platform/schema/rules/generation.ts';
import { booksAreWrong } from '#settlement/live/watch.ts';
import type { ChaosService } from './servers/instance.ts';

/** How the instances came through. */
export interface ServiceFindings {
  /** What their logs say went wrong, and how often: to read, most of it is what faults do. */
  readonly logged: ReadonlyMap<string, number>;
  /** How often a look at the running books said that they are wrong, whatever `verify` says afterwards. */
  readonly booksWrong: number;
  readonly problems: readonly string[];
}

const lanesPerService = 2;
const settleMs = 12_000;

/** No instance ended by itself, let a promise fail unheard or saw wrong books; each has its lanes back, and stops when it is told. */
export async function checkServices(
  books: pg.Client,
  services: readonly ChaosService[],
): Promise<ServiceFindings> {
  const lanes = await settledLanes(books, services.length * lanesPerService);
  const problems = [...isOff('lane sessions at the end', lanes, services.length * lanesPerService)];
  for (const service of services) {
    const { name } = service;
    problems.push(
      ...isOff(`exit code of service ${name}`, await service.stop(), 0),
      ...isOff(`stops of service ${name} that were not clean`, service.uncleanStops(), 0),
      ...isOff(`times service ${name} ended by itself`, service.ownExits(), 0),
    );
  }
  const logged = new Map<string, number>();
  for (const { logFile } of services) await countFailures(logFile, logged);
  problems.push(...fatalLines(logged));
  return { logged, booksWrong: countBooksWrong(logged), problems };
}

function isOff(what: string, found: number | null, wanted: number): string[] {
  return found === wanted ? [] : [`${what}: ${found}, not ${wanted}`];
}

/** As pino counts. */
const errorLevel = 50;
/** What no fault may bring about: a promise that fails unheard, and a look at the running books that finds them wrong. */
const fatal = ['a promise failed that nobody waited for', booksAreWrong];

/** Of what was logged, what fails the run. */
export function fatalLines(logged: ReadonlyMap<string, number>): string[] {
  return [...logged.keys()].filter((line) => fatal.some((text) => line.startsWith(text)));
}

export function countBooksWrong(logged: ReadonlyMap<string, number>): number {
  return [...logged].reduce((sum, [line, times]) => sum + (line.startsWith(booksAreWrong) ? times : 0), 0);
}

/** Sessions that a fault left behind go when the server sees that their client is gone. */
async function settledLanes(books: pg.Client, wanted: number): Promise<number> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const { rows } = await books.query<{ lanes: number }>(
      `select count(*)::int as lanes from pg_stat_activity where application_name = '${sessionName('lane')}'`,
    );
    const lanes = rows[0]?.lanes ?? 0;
    if (lanes === wanted || performance.now() > deadline) return lanes;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** So much of what a look found is shown. */
const wrongShownMax = 1_000;

/** The errors of a log, each with what caused it; the log may be larger than the memory. */
export async function countFailures(logFile: string, counts: Map<string, number>): Promise<void> {
  for await (const line of createInterface({ input: createReadStream(logFile) })) {
    const failure = line === '' ? null : failureOf(line);
    if (failure !== null) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  }
}

function failureOf(line: string): string | null {
  try {
    const { level, msg, fields } = JSON.parse(line) as Record<string, unknown>;
    if (Number(level) < errorLevel) return null;
    const { error, ...others } = (fields ?? {}) as Record<string, unknown>;
    if (msg === booksAreWrong) return `${msg}: ${JSON.stringify(others).slice(0, wrongShownMax)}`;
    const { code = '', message = '' } = (error ?? {}) as Record<string, unknown>;
    return `${msg}: ${code} ${String(message).replaceAll(/:\d+/g, '')}`.replaceAll(/ +/g, ' ').trim();
  } catch {
    // A kill may tear a line; what the run fails by is heard all the same.
    const torn = fatal.find((text) => line.includes(text));
    return torn === undefined ? null : `${torn}: ${line.slice(0, wrongShownMax)}`;
  }
}
