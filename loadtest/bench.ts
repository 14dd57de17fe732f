import { medianOf } from './bench/figures/bars.ts';
import type { Measured, Part } from './bench/figures/measured.ts';
import { appendBaseline, asJson, type PartFigures, printReport, settingOf } from './bench/figures/report.ts';
import { type BenchOptions, partNames, readOptions } from './bench/options.ts';
import { requestOf } from './bench/our-way.ts';
import { openParts } from './bench/parts.ts';
import { runBench } from './bench/run/run-bench.ts';
import { paymentOf } from './bench/workload.ts';
import { openWorld, type World } from './bench/world.ts';

/**
 * Measures our path against the usual way, the raw limit and its own worst case, on one PostgreSQL and in
 * interleaved rounds: `npm run bench -- [--seconds 4] [--rounds 3] [--only a,b512] [--json] [--baseline]`.
 * Exits with 1 when money or answers were wrong, not when a bar was missed.
 */
async function bench(options: BenchOptions): Promise<void> {
  const say = options.json ? () => undefined : (text: string) => console.log(text);
  const world = await openWorld();
  const parts = await openParts(world, options.wants);
  for (const { name } of parts) if (!partNames.includes(name)) throw new Error(`${name} is not in partNames`);
  await world.owner.query('vacuum analyze');
  say(`warm-up of ${parts.length} parts`);
  for (const part of parts) await measurePart(part, warmUpSeconds);
  const measured = new Map<string, Measured[]>(parts.map(({ name }) => [name, []]));
  for (let round = 1; round <= options.rounds; round++) {
    for (const part of parts) {
      const result = await measurePart(part, options.seconds);
      measured.get(part.name)?.push(result);
      say(`round ${round}  ${part.name.padEnd(6)}${result.perSecond.toFixed(0).padStart(8)}/s`);
    }
  }
  await report(world, options, figuresOf(parts, measured));
}

const warmUpSeconds = 1;

async function measurePart(part: Part, seconds: number): Promise<Measured> {
  try {
    return await part.measure(seconds);
  } catch (error) {
    throw new Error(`part ${part.name} failed`, { cause: error });
  }
}

function figuresOf(parts: readonly Part[], measured: Map<string, Measured[]>): Map<string, PartFigures> {
  return new Map(
    parts.map(({ name, what }) => [name, { what, figures: medianOf(measured.get(name) ?? []) }]),
  );
}

async function report(
  world: World,
  options: BenchOptions,
  figures: ReadonlyMap<string, PartFigures>,
): Promise<void> {
  const { rows } = await world.owner.query<{ server_version: string }>('show server_version');
  const setting = settingOf({
    postgres: rows[0]?.server_version ?? 'unknown',
    secondsEach: options.seconds,
    rounds: options.rounds,
    requestUs: requestCostUs(),
  });
  if (options.json) console.log(JSON.stringify(asJson(setting, figures)));
  else printReport(setting, figures);
  if (options.baseline) appendBaseline(setting, figures);
}

/** What the load costs our process by itself: it is the same in all parts that run here. */
function requestCostUs(): number {
  const count = 50_000;
  const startedAt = performance.now();
  for (let n = 0; n < count; n++) requestOf(paymentOf(n));
  return ((performance.now() - startedAt) * 1000) / count;
}

await runBench(async () => {
  await bench(readOptions(process.argv.slice(2)));
  return true;
});
