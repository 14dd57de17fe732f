import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { leaseSeconds } from './patroni-config.ts';
import type { FailoverResult } from './run.ts';

const number = (value: number) => value.toLocaleString('en-US');
const seconds = (ms: number) => (ms / 1_000).toFixed(1);

/** The drill for people; the last line is the one that counts. */
export function reportLines({ nodes, takeovers, figures, unanswered }: FailoverResult): string[] {
  const again = Object.entries(unanswered).map(([why, times]) => `${why} ${number(times)}`);
  return [
    '',
    ...takeovers.map(
      ({ what, newPrimaryMs, silenceMs }) =>
        `the primary's ${what} killed: another was primary after ${seconds(newPrimaryMs)} s, nobody was answered for ${seconds(silenceMs)} s`,
    ),
    `calls that had to be made again: ${again.join(', ') || 'none'}`,
    ...figures.problems.slice(0, 30).map((problem) => `WRONG  ${problem}`),
    `failover: ${nodes} nodes, ${takeovers.length} primaries killed, ${number(figures.sent)} sent, ` +
      `${number(figures.answered)} answered, ${number(figures.lost)} lost, ${number(figures.doubled)} doubled, ` +
      `drift ${number(figures.driftFen)} fen, longest wait ${number(figures.waitLongestMs)} ms, verify ${figures.verify}`,
  ];
}

/** Keeps the figures where they are read later. */
export function writeReport(folder: string, result: FailoverResult): string {
  const { nodes, takeovers, figures } = result;
  const file = join(folder, `failover-${nodes}-nodes.md`);
  const rows: readonly (readonly [string, string])[] = [
    ['requests sent', number(figures.sent)],
    ['answered', number(figures.answered)],
    ['lost', number(figures.lost)],
    ['doubled', number(figures.doubled)],
    ['drift', `${number(figures.driftFen)} fen`],
    ['verify', figures.verify],
    ['longest wait of a client', `${seconds(figures.waitLongestMs)} s`],
    ...takeovers.flatMap(({ what, newPrimaryMs, silenceMs }): [string, string][] => [
      [`the primary's ${what} killed: new primary after`, `${seconds(newPrimaryMs)} s`],
      [`the primary's ${what} killed: nobody answered for`, `${seconds(silenceMs)} s`],
    ]),
  ];
  const text = [
    `# Failover drill, ${nodes} nodes`,
    '',
    `\`npm run failover -- --nodes ${nodes}\`: PostgreSQL 15 on ${nodes} nodes under Patroni 3.0 (etcd 3.4, HAProxy 2.6, all`,
    `Debian 12, all on one machine), synchronous_mode and synchronous_mode_strict, lease ${leaseSeconds} s, two instances under`,
    'traffic over HTTP and ISO 8583. "Machine" kills Patroni, the server and all of its processes with SIGKILL in one',
    'moment; "server" kills the postmaster alone. Lost: acknowledged to a client and not in the books, or different there.',
    '',
    '| | |',
    '| --- | --- |',
    ...rows.map(([what, value]) => `| ${what} | ${value} |`),
    '',
  ];
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, text.join('\n'));
  return file;
}
