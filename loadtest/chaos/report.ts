import type { BookFindings } from './check-books.ts';
import type { PurseFindings } from './check-purses.ts';
import type { ServiceFindings } from './check-services.ts';
import type { AnswerFindings } from './clients/check-answers.ts';
import type { PosFindings } from './clients/check-pos-answers.ts';
import type { CallWatch } from './clients/honest-caller.ts';
import type { Notebook } from './clients/notebook.ts';
import type { PosNotebook } from './clients/pos/pos-notebook.ts';
import type { Finance } from './close-days.ts';
import { killNames } from './long/goals.ts';
import { percentOf } from './long/progress.ts';
import type { ChaosOptions } from './options.ts';

/** Everything a run found. */
export interface Result {
  readonly options: ChaosOptions;
  /** Whether it was ended early by a signal. */
  readonly isCut: boolean;
  readonly seconds: number;
  readonly notebook: Notebook;
  readonly posNotebook: PosNotebook;
  readonly watch: CallWatch;
  /** How often each fault happened. */
  readonly faults: ReadonlyMap<string, number>;
  readonly staff: Finance;
  readonly answers: AnswerFindings;
  readonly posAnswers: PosFindings;
  readonly purses: PurseFindings;
  readonly books: BookFindings;
  readonly services: ServiceFindings;
}

/** A run in figures. */
export function figuresOf(result: Result) {
  const { options, seconds, notebook, posNotebook, watch, faults, staff } = result;
  const { answers, posAnswers, purses, books, services } = result;
  const { counts, waitsMs, approvedByKind, declinedFor, rides, problems: told } = notebook.tally;
  const answered = answers.answered + posAnswers.answered;
  const declined = answers.answered - answers.approved + declinedOverTcp(posAnswers);
  const pos = posCounts(posNotebook);
  const waits = Float64Array.from([...waitsMs, ...posNotebook.pages.map((page) => page.waitedMs)]).sort();
  const problems = [
    told.kept,
    ...[answers, posAnswers, purses, books, services].map(({ problems: all }) => all),
  ].flat();
  if (told.count() > told.kept.length) problems.push(`${told.count()} contradictions in all`);
  if (watch.hung > 0) problems.push(`${watch.hung} patient calls had no answer after 30 s`);
  return {
    seed: options.seed,
    seconds: Math.round(seconds),
    // The goal counts those over HTTP; what was taken back later is among them.
    payments: notebook.payments(),
    freeRides: rides.free(),
    sent: counts.sent + pos.sent,
    answered,
    approved: answers.approved + posAnswers.approved,
    declined,
    declinedPercent: percentOf(declined, answered),
    attempts: counts.attempts + pos.attempts,
    retried: counts.retried + pos.retried,
    answeredAgain: counts.answeredAgain + pos.answeredAgain,
    approvedByKind: Object.fromEntries(approvedByKind),
    declinedFor: Object.fromEntries(declinedFor),
    overTcp: {
      sent: posNotebook.pages.length,
      approved: posAnswers.approved,
      declined: declinedOverTcp(posAnswers),
      takenBackUnanswered: posAnswers.takenBack,
      ...posNotebook.counts,
    },
    waitMedianMs: Math.round(waits[Math.floor(waits.length / 2)] ?? 0),
    waitLongestMs: Math.round(waits.at(-1) ?? 0),
    callLongestMs: Math.round(watch.longestCallMs),
    lost: answers.lost + posAnswers.lost,
    doubled: answers.doubled + posAnswers.doubled,
    driftFen: Number(books.driftFen + purses.driftFen),
    faults: Object.fromEntries(faults),
    closes: staff.closed.size,
    paymentsPerSecond: Math.round(notebook.payments() / seconds),
    approvedPerSecond: Math.round((answers.approved + posAnswers.approved) / seconds),
    killsPerMinute: Object.fromEntries(
      killNames.map((name) => [name, perMinute(faults.get(name) ?? 0, seconds)]),
    ),
    memoryPeakMb: Math.round(process.resourceUsage().maxRSS / 1_024),
    verify: books.verified.ok ? 'green' : 'RED',
    looksAtBooks: books.looks,
    booksFoundWrong: services.booksWrong,
    logged: Object.fromEntries(services.logged),
    problems,
  };
}

const perMinute = (times: number, seconds: number): number => Math.round((600 * times) / seconds) / 10;

function posCounts({ pages }: PosNotebook) {
  return {
    sent: pages.length,
    attempts: sum(pages.map((page) => page.attempts)),
    retried: pages.filter((page) => page.attempts > 1).length,
    answeredAgain: sum(pages.map((page) => Math.max(0, page.acknowledgements - 1))),
  };
}

function declinedOverTcp({ answered, approved, takenBack }: PosFindings): number {
  return answered - approved - takenBack;
}

export type Figures = ReturnType<typeof figuresOf>;

/** Whether the run proved what it is for. */
export function isGood(figures: Figures): boolean {
  const { sent, answered, lost, doubled, driftFen, verify, booksFoundWrong, problems } = figures;
  const isClean =
    lost === 0 && doubled === 0 && driftFen === 0 && verify === 'green' && booksFoundWrong === 0;
  return sent > 0 && figures.overTcp.settled > 0 && answered === sent && isClean && problems.length === 0;
}

const problemsShownMax = 30;

/** The figures for people; the last line is the one that counts. */
export function reportLines(figures: Figures): string[] {
  const { problems, faults, overTcp } = figures;
  const number = (value: number) => value.toLocaleString('en-US');
  const happened = (name: string) => number(faults[name] ?? 0);
  return [
    '',
    ...Object.entries(figures.logged).map(([line, times]) => `logged ${number(times)} times: ${line}`),
    ...Object.entries(faults).map(([name, times]) => `${name.padEnd(24)} ${times}`),
    '',
    `${number(figures.payments)} payments and rides approved (${number(figures.paymentsPerSecond)}/s, ${number(figures.freeRides)} rides for nothing); ` +
      `${number(figures.approved)} approved of every kind, ${number(figures.declined)} declined (${figures.declinedPercent} %) in ${figures.seconds} s; ` +
      `${number(figures.retried)} needed more than one attempt (${number(figures.attempts)} in all), ` +
      `${number(figures.answeredAgain)} answers came again and were the same`,
    `from first attempt to answer: median ${number(figures.waitMedianMs)} ms, longest ${number(figures.waitLongestMs)} ms; ` +
      `longest single call ${number(figures.callLongestMs)} ms`,
    `over TCP: ${number(overTcp.sent)} sent, ${number(overTcp.approved)} approved, ${number(overTcp.declined)} declined, ` +
      `${number(overTcp.takenBackUnanswered)} never answered and taken back; ${number(overTcp.reversals)} reversals, ` +
      `${number(overTcp.signOns)} sign-ons, ${number(overTcp.deaths)} terminals without power, ` +
      `${number(overTcp.settled)} batches settled`,
    ...problems.slice(0, problemsShownMax).map((problem) => `WRONG  ${problem}`),
    ...(problems.length > problemsShownMax ? [`WRONG  and ${problems.length - problemsShownMax} more`] : []),
    `chaos: ${number(figures.payments)} payments, ${number(figures.sent)} sent, ${number(figures.answered)} answered, ${number(figures.lost)} lost, ` +
      `${number(figures.doubled)} doubled, drift ${number(figures.driftFen)} fen, ` +
      `kills service ${happened('service kill')} postgres ${happened('postgres kill')} redis ${happened('redis kill')}, ` +
      `closes ${number(figures.closes)}, verify ${figures.verify}, books found wrong in ${number(figures.booksFoundWrong)} of ${number(figures.looksAtBooks)} looks` +
      (problems.length === 0 ? '' : `, ${number(problems.length)} WRONG`),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
