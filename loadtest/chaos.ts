import { errorToPrint } from '#testing/read-arguments.ts';
import { terminalClient } from '#testing/terminal-client.ts';
import { sayer } from './bench/run/sayer.ts';
import { areReached, killNames } from './chaos/long/goals.ts';
import type { Standing } from './chaos/long/progress.ts';
import { commitNow, type Ending, type LongReport, writeReport } from './chaos/long/write-report.ts';
import { type ChaosOptions, readOptions } from './chaos/options.ts';
import { type Figures, figuresOf, isGood, reportLines } from './chaos/report.ts';
import { runChaos } from './chaos/run.ts';
import { type Ground, openGround } from './chaos/world.ts';

/**
 * Kills, freezes and confuses everything the service stands on while honest clients pay, and proves afterwards
 * that nothing was lost, doubled or moved wrongly:
 * `npm run chaos -- [--short | --long] [--seconds 100] [--payments 20000] [--seed 7] [--report FOLDER] [--json]`.
 * The long run goes on until its goals are reached, and writes a report, also when it is cut short.
 */
async function chaos(options: ChaosOptions, { ground, cut, write }: Stage): Promise<boolean> {
  const say = sayer(options.isJson);
  // Both attempts of a client at once, to either instance.
  const wire = terminalClient(options.clients * 2);
  ground.onClose(() => wire.close());
  const stands = (now: Standing) => write('running', figuresNow(options, now), ['not checked yet']);
  const result = await runChaos(options, { wire, ground, say, cut, stands });
  const figures = figuresOf(result);
  const lines = reportLines(figures);
  write(endingOf(options, figures, result.isCut), figures, lines);
  if (!isGood(figures)) say(`what is left of the run is in ${ground.folder}`);
  console.log(options.isJson ? JSON.stringify(figures) : lines.join('\n'));
  return isGood(figures);
}

function endingOf({ goals }: ChaosOptions, figures: Figures, isCut: boolean): Ending {
  if (isCut) return 'cut short';
  const at = {
    payments: figures.payments,
    faults: new Map(Object.entries(figures.faults)),
  };
  return goals !== null && areReached(goals, at) ? 'goals reached' : 'time over';
}

function figuresNow({ seed }: ChaosOptions, { faults, ...now }: Standing): Record<string, unknown> {
  return { seed, ...now, seconds: Math.round(now.seconds), faults: Object.fromEntries(faults) };
}

interface Stage {
  readonly ground: Ground;
  readonly cut: AbortSignal;
  readonly write: (ending: Ending, figures: LongReport['figures'], lines: readonly string[]) => void;
}

async function main(options: ChaosOptions): Promise<void> {
  const ground = openGround();
  const reports = reportsOf(options);
  const cutter = new AbortController();
  let isStopping = false;
  const leave = (code: number) => {
    isStopping = true;
    reports.again('broken off');
    void ground.close(false).finally(() => process.exit(code));
  };
  const stopOn = (signal: NodeJS.Signals, code: number) =>
    process.on(signal, () => {
      // The first signal ends the faults of a long run; what was sent until then is still proved.
      if (options.goals === null || cutter.signal.aborted) return leave(code);
      console.log(`${signal}: the run is cut short; a second one ends it without the checks`);
      cutter.abort();
    });
  stopOn('SIGINT', 130);
  stopOn('SIGTERM', 143);
  let good = false;
  try {
    good = await chaos(options, { ground, cut: cutter.signal, write: reports.write });
  } catch (error) {
    if (!isStopping) {
      console.error(error, `\nwhat is left of the run is in ${ground.folder}`);
      reports.again('broken off');
    }
  }
  await ground.close(!good);
  // After a failure, clients may still be asking for what nobody will answer any more.
  process.exit(good ? 0 : 1);
}

/** Writes the report of a long run as often as there is something new to say; other runs have none. */
function reportsOf({ goals, seed, reportFolder }: ChaosOptions) {
  const startedAt = new Date().toISOString();
  const commits = new Set([commitNow()]);
  const command = `npm run chaos -- ${[...process.argv.slice(2), ...(process.argv.includes('--seed') ? [] : ['--seed', String(seed)])].join(' ')}`;
  let last: LongReport | null = null;
  const write = (ending: Ending, figures: LongReport['figures'], lines: readonly string[]) => {
    if (goals === null) return;
    // A start in the middle of the run takes the program as it is by then.
    const commit = [...commits.add(commitNow())].join(', later ');
    const wanted = {
      'approved payments and rides': goals.payments,
      kills: `${goals.kills} each of ${killNames.join(', ')}`,
    };
    last = { ending, startedAt, command, commit, goals: wanted, figures, lines };
    writeReport(reportFolder, last);
  };
  return {
    write,
    again: (ending: Ending) => {
      if (last !== null && last.ending === 'running') write(ending, last.figures, last.lines);
    },
  };
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
}
