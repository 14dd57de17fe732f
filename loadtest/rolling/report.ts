import type { RollingResult } from './run.ts';

const number = (value: number) => value.toLocaleString('en-US');

/** The run for people; the last line is the one that counts. */
export function reportLines({ migration, figures, restarts, upgraded, unanswered }: RollingResult): string[] {
  const { normal, during } = migration;
  const { overTcp } = figures;
  const again = Object.values(unanswered).reduce((sum, times) => sum + times, 0);
  const tries = Object.entries(unanswered).map(([why, times]) => `${why} ${number(times)}`);
  return [
    '',
    `a migration on ${number(migration.outcomes)} outcomes took ${number(migration.migrationMs)} ms beside a report: payments waited`,
    `  before  p50 ${normal.p50Ms}  p99 ${normal.p99Ms}  longest ${number(normal.longestMs)} ms   (${number(normal.payments)})`,
    `  during  p50 ${during.p50Ms}  p99 ${during.p99Ms}  longest ${number(during.longestMs)} ms   (${number(during.payments)})`,
    `${number(restarts)} restarts by SIGTERM, ${upgraded} of them an upgrade; ${number(figures.sent)} requests in ${figures.seconds} s,`,
    `  calls over HTTP that had to be made again: ${number(again)}${again === 0 ? '' : ` (${tries.join(', ')})`}`,
    `  from first attempt to answer: median ${number(figures.waitMedianMs)} ms, longest ${number(figures.waitLongestMs)} ms`,
    `  over TCP: ${number(overTcp.sent)} sent, ${number(overTcp.takenBackUnanswered)} taken back by terminals that give up after 0.4 to 6 s`,
    ...Object.entries(figures.logged).map(([line, times]) => `logged ${number(times)} times: ${line}`),
    ...figures.problems.slice(0, 30).map((problem) => `WRONG  ${problem}`),
    `rolling: ${number(figures.sent)} sent, ${number(figures.answered)} answered, ${number(figures.lost)} lost, ` +
      `${number(figures.doubled)} doubled, drift ${number(figures.driftFen)} fen, ${number(restarts)} restarts, ` +
      `longest wait ${number(figures.waitLongestMs)} ms, in a migration ${number(during.longestMs)} ms, verify ${figures.verify}`,
  ];
}
