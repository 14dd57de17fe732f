import { openPool, sessionOf } from '#platform/postgres.ts';
import { errorToPrint, readArguments, withinLimits } from '#testing/read-arguments.ts';
import { addAgency, disbursementParts } from '#testing/subsidies/subsidy-town.ts';
import { openOurs } from './bench/our-way.ts';
import { traffic } from './bench/workload.ts';
import { closeWorld, openWorld } from './bench/world.ts';
import { checkMoney, type Desk, measureDirect, measureRun } from './subsidy/measure.ts';

/** A run pays at least so many times what clearing alone does, in the same process and minute. */
const atLeast = 0.5;

/**
 * Pays a file of subsidies from one agency and holds it against clearing itself with the same loads:
 * `npm run bench:subsidy -- [--lines 100000] [--rounds 3]`. Exits with 1 when money was wrong, not when the bar was missed.
 */
async function bench(lines: number, rounds: number): Promise<void> {
  const world = await openWorld();
  const { clearing } = await openOurs(world);
  const pool = openPool(world.url, 4);
  world.onClose(() => pool.end());
  await addAgency(sessionOf(world.owner), lines);
  const desk: Desk = { clearing, parts: disbursementParts(pool), lines };
  await world.owner.query('vacuum analyze');
  const first = await measureRun(desk, '2030-01');
  console.log(`first run, which opens the purses: ${first.perSecond.toFixed(0)} payments/s`);
  const runs: number[] = [];
  const direct: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    direct.push(await measureDirect(desk, round));
    const run = await measureRun(desk, `${2030 + round}-01`);
    runs.push(run.perSecond);
    const { importSeconds, approveSeconds, perSecond } = run;
    console.log(
      `round ${round}  clearing ${direct.at(-1)?.toFixed(0)}/s  run ${perSecond.toFixed(0)}/s  ` +
        `import ${importSeconds.toFixed(2)} s  approve ${approveSeconds.toFixed(2)} s`,
    );
  }
  await checkMoney(desk, lines * (2 * rounds + 1));
  const ratio = median(runs) / median(direct);
  console.log(
    `\n${lines} lines, medians of ${rounds}: run ${median(runs).toFixed(0)}/s, clearing ${median(direct).toFixed(0)}/s`,
  );
  console.log(`bar: ${ratio.toFixed(2)} × of at least ${atLeast} ×: ${ratio >= atLeast ? 'met' : 'missed'}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

const stopOn = (signal: NodeJS.Signals, code: number) =>
  process.once(signal, () => void closeWorld().finally(() => process.exit(code)));
stopOn('SIGINT', 130);
stopOn('SIGTERM', 143);
try {
  const { lines, rounds } = readArguments(process.argv.slice(2), {
    lines: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
  });
  const linesMax = { name: 'lines', max: traffic.cards };
  await bench(withinLimits(lines, linesMax), withinLimits(rounds, { name: 'rounds', max: 100 }));
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
} finally {
  await closeWorld();
}
