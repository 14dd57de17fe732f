import { join } from 'node:path';
import type { Order } from './journeys/parts/order.ts';
import { moneyFaults, pursesFen } from './money.ts';
import type { LoadOptions } from './options.ts';
import { type RunFigures, runK6 } from './run-k6.ts';
import { prepareSubsidies, type SubsidyRun } from './subsidy-run.ts';
import { watchService } from './watch-service.ts';
import { gates, holders, type LoadWorld } from './world.ts';

/** One run of k6 within the test, by name. */
interface Stage {
  readonly name: string;
  readonly figures: RunFigures;
}

/** What a test came to. */
export interface LoadFigures {
  readonly stages: readonly Stage[];
  /** Visits a second that a closed loop of the same users came to. */
  readonly capacity: number;
  /** Visits a second of the open run. */
  readonly perSecond: number;
  readonly open: RunFigures;
  /** The storm, or the run while subsidies are paid. */
  readonly beside: RunFigures | null;
  /** All payments to one participant against spread ones, both in a closed loop. */
  readonly hotRatio: number | null;
  readonly subsidySeconds: number | null;
  /** The largest drift that the service showed of itself; null where it shows none. */
  readonly shownDrift: number | null;
  readonly moneyFaults: readonly string[];
}

/**
 * Users of an open run, who are also the most of a closed one: each has cards of its own. k6 takes them in turn, so all of
 * their interpreters go through the processors' caches, and through each collection of its garbage: with 400 a tap took k6
 * 174 us, with 256 166.
 */
const usersMax = 256;
const closedUsers = { short: [48], usual: [32, 64, 128] };
const shops = 1_000;
const subsidyLimitMs = 600_000;

interface Bench {
  readonly options: LoadOptions;
  readonly load: LoadWorld;
  readonly program: string;
  readonly say: (line: string) => void;
}

/** Runs the stages of a journey in their order, and looks at the money when all is over. */
export async function runStages(bench: Bench): Promise<LoadFigures> {
  const { options, load } = bench;
  const { journey, isShort, seconds } = options;
  const stages: Stage[] = [];
  const run = runner(bench, stages);
  const beforeFen = await pursesFen(load.world.owner);
  const closedSeconds = isShort ? 4 : 15;
  await run('warm-up', { pace: { users: 100 }, seconds: isShort ? 2 : 8 });
  const capacity = await measureCapacity(run, { ...options, closedSeconds });
  const hotRatio = journey.beside === 'hot' ? await compareHot(run, closedSeconds) : null;
  const perSecond = options.perSecond ?? options.share * capacity;
  const subsidies =
    journey.beside === 'subsidies' ? await prepareSubsidies(load.world.url, load.cards) : null;
  const watch = watchService(load.addresses, bench.say);
  const pace = { pace: { perSecond } };
  const open = await run('open', { ...pace, seconds, ...(journey.beside === 'hot' ? { shops: 1 } : {}) });
  const besideSeconds = isShort ? seconds : Math.min(seconds, 120);
  const beside = await runBeside(run, { journey, subsidies, what: { ...pace, seconds: besideSeconds } });
  const paid = (await subsidies?.finish(subsidyLimitMs)) ?? null;
  const shownDrift = await watch.stop();
  const movedFen = stages.reduce((sum, { figures }) => sum + figures.movedFen, 0n);
  const moved = { url: load.world.url, beforeFen, movedFen, loadedFen: paid?.loadedFen ?? 0n };
  return {
    ...{ stages, capacity, perSecond, open, beside, hotRatio, shownDrift },
    subsidySeconds: paid?.seconds ?? null,
    moneyFaults: await moneyFaults(load.world.owner, moved),
  };
}

type Run = (name: string, what: Pick<Order, 'pace' | 'seconds'> & Partial<Order>) => Promise<RunFigures>;

function runner({ load, options, program, say }: Bench, stages: Stage[]): Run {
  return async (name, what) => {
    const order: Order = {
      ...{ addresses: load.addresses, cards: load.cards, usersMax, shops, gates, holders, copies: 1 },
      run: stages.length,
      summaryFile: join(load.world.dataDir, `k6-${stages.length}.json`),
      ...what,
    };
    const { script } = options.journey;
    const figures = await runK6(program, { script, order, measured: load.measured });
    stages.push({ name, figures });
    const { visitsPerSecond, paymentsPerSecond, post, errors } = figures;
    const latency = post === null ? '' : `p50 ${post.p50Ms.toFixed(1)} ms  p99 ${post.p99Ms.toFixed(1)} ms  `;
    say(
      `${name.padEnd(18)} ${visitsPerSecond.toFixed(0).padStart(6)} visits/s ` +
        `${paymentsPerSecond.toFixed(0).padStart(6)} payments/s  ${latency}errors ${errors}`,
    );
    return figures;
  };
}

/** The best of closed loops of several sizes: k6 works on the same processors, so this is what both come to together. */
async function measureCapacity(
  run: Run,
  { isShort, closedSeconds: seconds }: LoadOptions & { readonly closedSeconds: number },
): Promise<number> {
  let best = 0;
  for (const users of closedUsers[isShort ? 'short' : 'usual']) {
    const { visitsPerSecond } = await run(`closed, ${users} users`, { pace: { users }, seconds });
    best = Math.max(best, visitsPerSecond);
  }
  return best;
}

const hotRounds = 2;

/** Spread and to one participant in turn, so that both meet the same minutes of the machine. */
async function compareHot(run: Run, seconds: number): Promise<number> {
  const pace = { users: 64 };
  let [spread, hot] = [0, 0];
  for (let round = 1; round <= hotRounds; round++) {
    spread += (await run(`spread ${round}`, { pace, seconds })).paymentsPerSecond;
    hot += (await run(`one participant ${round}`, { pace, seconds, shops: 1 })).paymentsPerSecond;
  }
  return hot / spread;
}

async function runBeside(
  run: Run,
  of: {
    readonly journey: LoadOptions['journey'];
    readonly subsidies: SubsidyRun | null;
    readonly what: Pick<Order, 'pace' | 'seconds'>;
  },
): Promise<RunFigures | null> {
  if (of.journey.beside === 'storm') return run('storm', { ...of.what, copies: 3 });
  if (of.subsidies === null) return null;
  await of.subsidies.start();
  return run('while subsidies run', of.what);
}
