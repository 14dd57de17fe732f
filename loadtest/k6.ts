import { runBench } from './bench/run/run-bench.ts';
import { sayer } from './bench/run/sayer.ts';
import { findK6 } from './k6/find-k6.ts';
import { type LoadOptions, readOptions } from './k6/options.ts';
import { isRight, keepReport, reportLines } from './k6/report.ts';
import { stopK6 } from './k6/run-k6.ts';
import { runStages } from './k6/stages.ts';
import { openLoadWorld } from './k6/world.ts';

/**
 * A journey of many people at once, by k6: its capacity in a closed loop first, then an open run at a share of it:
 * `npm run load -- JOURNEY [--rate N | --share 0.6] [--seconds 600] [--short] [--report]`.
 * Exits with 1 when an answer or the money was wrong, not when a bar was missed.
 */
async function load(options: LoadOptions): Promise<boolean> {
  const say = sayer();
  const program = findK6(say);
  if (program === null) {
    say('SKIPPED: there is neither k6 nor Go here. Install Go 1.25 or newer, and k6 installs itself.');
    return true;
  }
  say(`${options.journey.name}: a town is built`);
  const world = await openLoadWorld(options);
  say(`the service is up: ${options.journey.what}`);
  const figures = await runStages({ options, load: world, program, say });
  console.log(`\n${reportLines(options, figures).join('\n')}`);
  if (options.report) say(`kept in ${keepReport(options, figures)}`);
  return isRight(figures);
}

await runBench(() => load(readOptions(process.argv.slice(2))), stopK6);
