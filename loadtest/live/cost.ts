import { setTimeout as sleep } from 'node:timers/promises';
import { processCpuUs } from '#loadtest/bench/figures/cpu.ts';
import { measureOurs, type Ours, openOurs } from '#loadtest/bench/our-way.ts';
import { runBench } from '#loadtest/bench/run/run-bench.ts';
import { openWorld, type World } from '#loadtest/bench/world.ts';
import { openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { type BooksLamp, readLamp } from '#settlement/live/lamp.ts';
import { lookOnce } from '#settlement/live/look.ts';
import { openWatch, type Watch } from '#settlement/live/watch.ts';
import { readArguments, withinLimits } from '#testing/read-arguments.ts';

/**
 * What it costs to look at the running books: CPU of PostgreSQL and of Node for each look at a day with so many
 * payments, and payments a second with and without it, in turns on one PostgreSQL:
 * `npm run bench:watch -- [--payments 1000000] [--seconds 20] [--rounds 3]`.
 */
async function bench(payments: number, seconds: number, rounds: number): Promise<void> {
  const world = await openWorld();
  const ours = await openOurs(world);
  await world.owner.query('vacuum analyze');
  const pool = openPool(world.url, 1);
  world.onClose(() => pool.end());
  await fill(world, ours, payments);
  await showLooks(pool);
  await compare(world, ours, { pool, seconds, rounds });
}

async function fill(world: World, ours: Ours, payments: number): Promise<void> {
  let done = 0;
  while (done < payments) {
    const { perSecond } = await measureOurs(world, ours, { inFlight: 512, seconds: 10 });
    done += perSecond * 10;
    console.log(`filled ${Math.round(done)}`);
  }
}

async function showLooks(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  const backendPid = rows[0]?.pid ?? 0;
  for (let nth = 1; nth <= 100; nth++) {
    const before = { backend: processCpuUs(backendPid), node: process.cpuUsage() };
    const chain = { newMs: 450, againMs: 150 };
    await lookOnce({ pool, queues: [], pauseMs: 15_000, chain, atOnce: true });
    const node = process.cpuUsage(before.node);
    const lamp = (await readLamp(sessionOf(pool))) as BooksLamp;
    console.log(
      `look ${nth}: ${lamp.state}, ${lamp.lookMs} ms, CPU of PostgreSQL ${(processCpuUs(backendPid) - before.backend) / 1000} ms, of Node ${Math.round((node.user + node.system) / 1000)} ms, behind ${lamp.behind}`,
    );
    if (lamp.behind === 0 && nth > 4) return;
  }
}

interface Compared {
  readonly pool: Pool;
  readonly seconds: number;
  readonly rounds: number;
}

async function compare(world: World, ours: Ours, { pool, seconds, rounds }: Compared): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    const without = await measureOurs(world, ours, { inFlight: 512, seconds });
    const watch = openWatch({ pool, queues: [], pauseMs: 15_000, log: console, show: () => undefined });
    const stopping = new AbortController();
    const watching = watchUntil(watch, stopping.signal);
    const watched = await measureOurs(world, ours, { inFlight: 512, seconds });
    stopping.abort();
    await watching;
    const share = (watched.perSecond / without.perSecond).toFixed(3);
    console.log(
      `round ${round}: ${Math.round(without.perSecond)}/s without, ${Math.round(watched.perSecond)}/s with: ${share} ×`,
    );
    const lamp = await readLamp(sessionOf(pool));
    console.log(`  ${lamp?.state}, look of ${lamp?.lookMs} ms, behind ${lamp?.behind}`);
  }
}

async function watchUntil(watch: Watch, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await watch.turn(signal);
    await sleep(1_000);
  }
}

const limits = { payments: 100_000_000, seconds: 3_600, rounds: 100 };

await runBench(async () => {
  const read = readArguments(process.argv.slice(2), {
    payments: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
  });
  const number = (name: keyof typeof limits) => withinLimits(read[name], { name, max: limits[name] });
  await bench(number('payments'), number('seconds'), number('rounds'));
  return true;
});
