import { join } from 'node:path';
import pg from 'pg';
import type { DemoTerminal } from '#demo/sign-ins.ts';
import { seededRandom } from '#testing/model/seeded-random.ts';
import type { TerminalClient } from '#testing/terminal-client.ts';
import { checkBooks } from './check-books.ts';
import { checkPurses } from './check-purses.ts';
import { checkServices } from './check-services.ts';
import { checkAnswers } from './clients/check-answers.ts';
import { checkPosAnswers } from './clients/check-pos-answers.ts';
import type { CallWatch } from './clients/honest-caller.ts';
import { type Notebook, openNotebook } from './clients/notebook.ts';
import { openPosNotebook, type PosNotebook } from './clients/pos/pos-notebook.ts';
import { type PosTraffic, startPosTraffic } from './clients/pos/pos-traffic.ts';
import { startTraffic, type Traffic } from './clients/traffic.ts';
import { type Finance, finance } from './close-days.ts';
import { postgresFaults, redisFaults, serviceFaults } from './faults.ts';
import { areReached, isAhead, isKillDue, pickPaced } from './long/goals.ts';
import { type Standing, tellProgress } from './long/progress.ts';
import type { ChaosOptions } from './options.ts';
import type { Result } from './report.ts';
import { type Fault, runTrack } from './schedule.ts';
import { type Ground, openWorld, type World } from './world.ts';

export interface RunTools {
  readonly wire: TerminalClient;
  readonly ground: Ground;
  readonly say: (line: string) => void;
  /** Ends the faults early: what is open is answered and checked all the same. */
  readonly cut: AbortSignal;
  /** Told of a long run every ten seconds. */
  readonly stands: (now: Standing) => void;
}

const readyLimitMs = 300_000;

/** The whole run: start, faults under traffic, healing, and what is to be found afterwards. */
export async function runChaos(options: ChaosOptions, tools: RunTools): Promise<Result> {
  const { wire, ground, say, cut } = tools;
  say(
    `seed ${options.seed}: ${options.clients} clients, faults for ${options.seconds} s at most, ` +
      `files in ${ground.folder}`,
  );
  const world = await openWorld(ground);
  say('PostgreSQL, Redis and two instances of the service are up');
  const startedAtMs = performance.now();
  const notebook = openNotebook(join(ground.folder, 'told.txt'));
  ground.onClose(() => notebook.tally.answers.close());
  const watch: CallWatch = { longestCallMs: 0, hung: 0 };
  const addresses = world.services.map(({ address }) => address);
  const { financeToken } = world.signIns;
  const terminals = world.signIns.terminals.filter((terminal) => !isOnTcp(terminal));
  const { goals } = options;
  const seconds = () => (performance.now() - startedAtMs) / 1_000;
  const ahead = () => goals !== null && isAhead(goals, { seconds: seconds(), payments: notebook.payments() });
  const traffic = startTraffic({ ...options, wire, addresses, terminals, notebook, watch, isAhead: ahead });
  const posNotebook = openPosNotebook();
  const posTraffic = callOverTcp(world, { ...options, notebook: posNotebook, watch });
  const staff = finance({ wire, addresses, token: financeToken, random: seededRandom(options.seed + 4) });
  const told = { world, staff, traffic, notebook, posNotebook, startedAtMs };
  const faults = await letFaultsHappen(options, tools, told);
  const isCut = cut.aborted;
  say('the faults are over: every request that is still open is asked for until it is answered');
  for (const service of world.services) await service.ready(readyLimitMs);
  await Promise.all([traffic.finish(), posTraffic.finish()]);
  const tookSeconds = seconds();
  await staff.closeLast();
  say('all is answered, the last day is closed: the books are compared with the notebook');
  const checked = await check(world, { notebook, posNotebook, staff });
  return { options, isCut, seconds: tookSeconds, notebook, posNotebook, watch, faults, staff, ...checked };
}

/** The second terminals of the shops, but for the lottery's, which takes no card: their batches are theirs alone. */
function isOnTcp({ terminalId, sector }: DemoTerminal): boolean {
  return sector === 'shops' && terminalId % 10 === 2 && terminalId !== lotteryTerminal;
}

const lotteryTerminal = 1_000_072;

interface OverTcp extends Pick<ChaosOptions, 'seed' | 'posPauseMaxMs' | 'scale'> {
  readonly notebook: PosNotebook;
  readonly watch: CallWatch;
}

function callOverTcp({ signIns, posPorts }: World, of: OverTcp): PosTraffic {
  const { notebook, watch, seed, posPauseMaxMs, scale } = of;
  return startPosTraffic({
    ...{ notebook, seed, scale, pauseMaxMs: posPauseMaxMs },
    terminals: signIns.terminals.filter(isOnTcp),
    addresses: posPorts.map((port) => ({ host: '127.0.0.1', port })),
    called: (ms) => {
      watch.longestCallMs = Math.max(watch.longestCallMs, ms);
    },
  });
}

interface FaultsOf {
  readonly world: World;
  readonly staff: Finance;
  readonly traffic: Traffic;
  readonly notebook: Notebook;
  readonly posNotebook: PosNotebook;
  readonly startedAtMs: number;
}

/** Four tracks beside each other: each server fails on its own, and finance closes days meanwhile. */
async function letFaultsHappen(
  options: ChaosOptions,
  { say, cut, stands }: RunTools,
  of: FaultsOf,
): Promise<Map<string, number>> {
  const { seed, goals } = options;
  const counts = new Map<string, number>();
  const tell = (fault: Fault, what: string) => {
    counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
    say(`${fault.name.padEnd(24)} ${what}`);
  };
  const standing = () => standingOf(options, of, counts);
  const isCut = () => cut.aborted;
  const isOver = () => {
    const { seconds, payments } = standing();
    const isDone = goals !== null && areReached(goals, { payments, faults: counts });
    return seconds >= options.seconds || of.traffic.isOver() || isDone;
  };
  const pick = (faults: readonly Fault[], random: ReturnType<typeof seededRandom>) =>
    goals === null
      ? random.pick(faults)
      : pickPaced(faults, random, ({ name }) =>
          isKillDue(goals, { seconds: standing().seconds, kills: counts.get(name) ?? 0 }),
        );
  const stop = goals === null ? () => undefined : tellProgress(goals, { standing, tell: progressTold });
  function progressTold(line: string, now: Standing): void {
    say(line);
    stands(now);
  }
  const common = { isOver, isCut, pick, tell };
  await Promise.all(
    tracksOf(options, of).map(([faults, pauseMaxMs], track) =>
      runTrack({ ...common, faults, pauseMaxMs, random: seededRandom(seed + 10 + track) }),
    ),
  ).finally(stop);
  return counts;
}

function standingOf(
  { seconds: secondsMax }: ChaosOptions,
  { staff, notebook, posNotebook, startedAtMs }: FaultsOf,
  faults: ReadonlyMap<string, number>,
): Standing {
  return {
    seconds: (performance.now() - startedAtMs) / 1_000,
    secondsMax,
    sent: notebook.sent() + posNotebook.pages.length,
    // Those over TCP come on top; which of them stood is only known in the end.
    ...{ payments: notebook.payments(), approved: notebook.approved(), declined: notebook.declined() },
    closes: staff.closed.size,
    faults,
  };
}

function tracksOf(
  { seed, weather }: ChaosOptions,
  { world, traffic, staff }: FaultsOf,
): readonly (readonly [faults: readonly Fault[], pauseMaxMs: number])[] {
  const { freezeMaxMs, pauseMaxMs } = weather;
  const toolsOf = (track: number) => ({ random: seededRandom(seed + track), freezeMaxMs });
  return [
    [postgresFaults(world.postgres, toolsOf(0)), pauseMaxMs.postgres],
    [serviceFaults(world.services, toolsOf(1)), pauseMaxMs.service],
    [redisFaults(world.redis, { ...toolsOf(2), repeatAll: traffic.repeatAll }), pauseMaxMs.redis],
    [staff.faults, pauseMaxMs.finance],
  ];
}

type Checked = Pick<Result, 'answers' | 'posAnswers' | 'purses' | 'books' | 'services'>;

async function check(
  world: World,
  told: { readonly notebook: Notebook; readonly posNotebook: PosNotebook; readonly staff: Finance },
): Promise<Checked> {
  const books = new pg.Client({ connectionString: world.postgres.url });
  books.on('error', () => undefined);
  await books.connect();
  try {
    // The services first: when they are gone, nothing moves any more.
    const services = await checkServices(books, world.services);
    const { notebook, posNotebook, staff } = told;
    const { tally } = notebook;
    const onTcp = new Set(world.signIns.terminals.filter(isOnTcp).map(({ terminalId }) => terminalId));
    const { booked, findings: answers } = await checkAnswers(books, tally, onTcp);
    const posAnswers = checkPosAnswers(booked, posNotebook);
    tally.addMoved(posAnswers.pages);
    const purses = await checkPurses(books, tally);
    const inBooks = await checkBooks(books, world.postgres.url, staff);
    return { services, answers, posAnswers, purses, books: inBooks };
  } finally {
    await books.end();
  }
}
