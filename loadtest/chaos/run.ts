import pg from 'pg';
import type { DemoTerminal } from '#demo/sign-ins.ts';
import { seededRandom } from '#testing/model/seeded-random.ts';
import type { TerminalClient } from '#testing/terminal-client.ts';
import { checkBooks } from './check-books.ts';
import { checkPurses } from './check-purses.ts';
import { checkServices } from './check-services.ts';
import { readBooked } from './clients/booked.ts';
import { checkAnswers } from './clients/check-answers.ts';
import { checkPosAnswers } from './clients/check-pos-answers.ts';
import type { CallWatch } from './clients/honest-caller.ts';
import { type Notebook, openNotebook } from './clients/notebook.ts';
import { openPosNotebook, type PosNotebook } from './clients/pos/pos-notebook.ts';
import { type PosTraffic, startPosTraffic } from './clients/pos/pos-traffic.ts';
import { startTraffic, type Traffic } from './clients/traffic.ts';
import { type Finance, finance } from './close-days.ts';
import { postgresFaults, redisFaults, serviceFaults } from './faults.ts';
import type { ChaosOptions } from './options.ts';
import type { Result } from './report.ts';
import { type Fault, runTrack } from './schedule.ts';
import { type Ground, openWorld, type World } from './world.ts';

export interface RunTools {
  readonly wire: TerminalClient;
  readonly ground: Ground;
  readonly say: (line: string) => void;
}

const readyLimitMs = 60_000;

/** The whole run: start, faults under traffic, healing, and what is to be found afterwards. */
export async function runChaos(options: ChaosOptions, { wire, ground, say }: RunTools): Promise<Result> {
  say(
    `seed ${options.seed}: ${options.clients} clients, faults for ${options.seconds} s, files in ${ground.folder}`,
  );
  const world = await openWorld(ground);
  say('PostgreSQL, Redis and two instances of the service are up');
  const startedAtMs = performance.now();
  const notebook = openNotebook();
  const watch: CallWatch = { longestCallMs: 0, hung: 0 };
  const addresses = world.services.map(({ address }) => address);
  const { financeToken } = world.signIns;
  const terminals = world.signIns.terminals.filter((terminal) => !isOnTcp(terminal));
  const traffic = startTraffic({ ...options, wire, addresses, terminals, notebook, watch });
  const posNotebook = openPosNotebook();
  const posTraffic = callOverTcp(world, { notebook: posNotebook, watch, seed: options.seed });
  const staff = finance({ wire, addresses, token: financeToken, random: seededRandom(options.seed + 4) });
  const faults = await letFaultsHappen(options, { world, staff, traffic, say });
  say('the faults are over: every request that is still open is asked for until it is answered');
  for (const service of world.services) await service.ready(readyLimitMs);
  await Promise.all([traffic.finish(), posTraffic.finish()]);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  await staff.closeLast();
  say('all is answered, the last day is closed: the books are compared with the notebook');
  const checked = await check(world, { notebook, posNotebook, staff });
  return { options, seconds, notebook, posNotebook, watch, faults, staff, ...checked };
}

/** The second terminals of the shops, but for the lottery's, which takes no card: their batches are theirs alone. */
function isOnTcp({ terminalId, sector }: DemoTerminal): boolean {
  return sector === 'shops' && terminalId % 10 === 2 && terminalId !== lotteryTerminal;
}

const lotteryTerminal = 1_000_072;

function callOverTcp(
  { signIns, posPorts }: World,
  { notebook, watch, seed }: { notebook: PosNotebook; watch: CallWatch; seed: number },
): PosTraffic {
  return startPosTraffic({
    ...{ notebook, seed, terminals: signIns.terminals.filter(isOnTcp) },
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
  readonly say: RunTools['say'];
}

/** Four tracks beside each other: each server fails on its own, and finance closes days meanwhile. */
async function letFaultsHappen(
  options: ChaosOptions,
  { world, staff, traffic, say }: FaultsOf,
): Promise<Map<string, number>> {
  const { isShort, seed, seconds } = options;
  const counts = new Map<string, number>();
  const tell = (fault: Fault, what: string) => {
    counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
    say(`${fault.name.padEnd(24)} ${what}`);
  };
  const untilMs = performance.now() + seconds * 1_000;
  const isOver = () => performance.now() >= untilMs || traffic.isOver();
  const freezeMaxMs = isShort ? 3_000 : 7_000;
  const toolsOf = (track: number) => ({ random: seededRandom(seed + track), freezeMaxMs });
  const tracks: readonly (readonly [faults: readonly Fault[], pauseMaxMs: number])[] = [
    [postgresFaults(world.postgres, toolsOf(0)), isShort ? 2_500 : 7_000],
    [serviceFaults(world.services, toolsOf(1)), isShort ? 2_500 : 6_000],
    [redisFaults(world.redis, { ...toolsOf(2), repeatAll: traffic.repeatAll }), isShort ? 2_000 : 4_000],
    [staff.faults, isShort ? 1_500 : 3_000],
  ];
  await Promise.all(
    tracks.map(([faults, pauseMaxMs], track) =>
      runTrack({ faults, random: seededRandom(seed + 10 + track), isOver, pauseMaxMs, tell }),
    ),
  );
  return counts;
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
    const booked = await readBooked(books);
    const posAnswers = checkPosAnswers(booked, posNotebook);
    const answers = checkAnswers(booked, notebook, posAnswers.keys);
    const purses = await checkPurses(books, [...notebook.pages, ...posAnswers.pages]);
    const inBooks = await checkBooks(books, world.postgres.url, staff);
    return { services, answers, posAnswers, purses, books: inBooks };
  } finally {
    await books.end();
  }
}
