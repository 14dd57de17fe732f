import { booksAreWrong } from '#settlement/live/watch.ts';
import type { FuzzResult } from './run.ts';

const examplesShownMax = 60;

/** What no caller can bring about by the interface alone, and where it is held instead. */
const beyondCallers: Readonly<Record<string, string>> = {
  'POST /v1/load-orders/resumptions':
    'needs an order that a bank left open past every try: orders.db.test.ts',
};

/** Routes that should have answered as their document says they do when all is well, and never did. */
function neverReached({ its, coverage }: FuzzResult): string[] {
  return its.operations
    .filter(({ answers }) => answers.has(200))
    .map(({ name }) => name)
    .filter((name) => !coverage.get(name)?.has(200) && beyondCallers[name] === undefined);
}

/** Whether nothing was found: every route answered, no answer was wrong, and the books held, to each look at them too. */
export function isGood(result: FuzzResult): boolean {
  const { findings, faults, isVerified } = result;
  const sawWrong = faults.some((line) => line.includes(booksAreWrong));
  return findings.size === 0 && neverReached(result).length === 0 && isVerified && !sawWrong;
}

/** The result for people; the last line is the one that counts. */
export function reportLines(result: FuzzResult, seed: number): string[] {
  const { sent, findings, coverage, its, faults, isVerified } = result;
  const all = [...findings.values()].toSorted((one, other) => other.times - one.times);
  const missing = neverReached(result);
  const pairs = [...coverage.values()].reduce((sum, statuses) => sum + statuses.size, 0);
  const of = (kind: string) => all.filter(({ finding }) => finding.kind === kind).length;
  return [
    ...its.operations.map(({ name }) => `${name.padEnd(58)} ${statusesOf(coverage.get(name))}`),
    '',
    ...Object.entries(beyondCallers).map(([name, why]) => `not to be reached: ${name}, which ${why}`),
    ...missing.map((name) => `never answered 200: ${name}`),
    ...faults.slice(0, examplesShownMax).map((line) => `logged: ${line.slice(0, 1_500).trim()}`),
    ...all
      .slice(0, examplesShownMax)
      .flatMap(({ finding, times }) => [
        `${finding.kind}, ${times} times: ${finding.what}`,
        `    ${finding.example}`,
      ]),
    `fuzz: seed ${seed}, ${sent} requests, ${its.operations.length} routes, ${pairs} answers of different route and status, ` +
      `${missing.length} routes without a 200; ${of('undocumented')} undocumented, ${of('fault')} faults, ` +
      `${of('wrong caller')} to the wrong caller, ${of('another’s data')} with another’s data, ` +
      `${of('not refused')} not refused, ${of('no answer')} without an answer, verify ${isVerified ? 'green' : 'RED'}`,
  ];
}

function statusesOf(statuses: ReadonlyMap<number, number> | undefined): string {
  return [...(statuses ?? [])]
    .toSorted(([one], [other]) => one - other)
    .map(([status, times]) => `${status}×${times}`)
    .join(' ');
}
