import { join } from 'node:path';
import pg from 'pg';
import type { DemoTerminal } from '#demo/sign-ins.ts';
import { checkBooks } from '#loadtest/chaos/check-books.ts';
import { checkPurses } from '#loadtest/chaos/check-purses.ts';
import { checkServices } from '#loadtest/chaos/check-services.ts';
import { checkAnswers } from '#loadtest/chaos/clients/check-answers.ts';
import { checkPosAnswers } from '#loadtest/chaos/clients/check-pos-answers.ts';
import { type Notebook, openNotebook } from '#loadtest/chaos/clients/notebook.ts';
import { openPosNotebook, type PosNotebook } from '#loadtest/chaos/clients/pos/pos-notebook.ts';
import { startPosTraffic } from '#loadtest/chaos/clients/pos/pos-traffic.ts';
import { startTraffic } from '#loadtest/chaos/clients/traffic.ts';
import { type Finance, finance } from '#loadtest/chaos/close-days.ts';
import type { ChaosOptions } from '#loadtest/chaos/options.ts';
import type { Result } from '#loadtest/chaos/report.ts';
import type { Ground } from '#loadtest/chaos/world.ts';
import { seededRandom } from '#testing/model/seeded-random.ts';
import type { TerminalClient } from '#testing/terminal-client.ts';
import { countWire } from './counted-wire.ts';
import type { RollingWorld } from './world.ts';

/** Honest clients over HTTP and ISO 8583, all of them at one address. */
export interface RollingTraffic {
  readonly notebook: Notebook;
  readonly posNotebook: PosNotebook;
  /** Calls without an answer to keep, by why. */
  readonly unanswered: ReadonlyMap<string, number>;
  readonly longestSilenceMs: (sinceMs: number) => number;
  /** Lets everybody come to the end, closes the day, and holds the books against what was told. */
  finish(): Promise<Omit<Result, 'options' | 'faults'>>;
}

/** The second terminals of the shops, but for the lottery's, which takes no card: their batches are theirs alone. */
function isOnTcp({ terminalId, sector }: DemoTerminal): boolean {
  return sector === 'shops' && terminalId % 10 === 2 && terminalId !== lotteryTerminal;
}

const lotteryTerminal = 1_000_072;

export interface TrafficOf {
  readonly world: RollingWorld;
  /** Where the books are looked at afterwards. */
  readonly booksUrl: string;
  readonly wire: TerminalClient;
  readonly ground: Ground;
  readonly options: ChaosOptions;
}

export function startRollingTraffic(of: TrafficOf): RollingTraffic {
  const { world, booksUrl, wire, ground, options } = of;
  const startedAtMs = performance.now();
  const [notebook, posNotebook] = [openNotebook(join(ground.folder, 'told.txt')), openPosNotebook()];
  ground.onClose(() => notebook.tally.answers.close());
  const watch = { longestCallMs: 0, hung: 0 };
  const counted = countWire(wire);
  const { signIns, address } = world;
  const at = { ...options, wire: counted.wire, addresses: [address] };
  const http = startTraffic({
    ...at,
    isAhead: () => false,
    ...{ notebook, watch, terminals: signIns.terminals.filter((terminal) => !isOnTcp(terminal)) },
  });
  const pos = startPosTraffic({
    ...{
      notebook: posNotebook,
      seed: options.seed,
      scale: options.scale,
      pauseMaxMs: options.posPauseMaxMs,
      terminals: signIns.terminals.filter(isOnTcp),
    },
    addresses: [{ host: '127.0.0.1', port: world.posPort }],
    called: (ms) => {
      watch.longestCallMs = Math.max(watch.longestCallMs, ms);
    },
  });
  const staff = finance({ ...at, token: signIns.financeToken, random: seededRandom(options.seed + 4) });
  return {
    notebook,
    posNotebook,
    unanswered: counted.unanswered,
    longestSilenceMs: counted.longestSilenceMs,
    finish: async () => {
      await Promise.all([http.finish(), pos.finish()]);
      const seconds = (performance.now() - startedAtMs) / 1_000;
      await staff.closeLast();
      const checked = await check(world, booksUrl, { notebook, posNotebook, staff });
      return { isCut: false, seconds, notebook, posNotebook, watch, staff, ...checked };
    },
  };
}

interface Told {
  readonly notebook: Notebook;
  readonly posNotebook: PosNotebook;
  readonly staff: Finance;
}

async function check(world: RollingWorld, url: string, { notebook, posNotebook, staff }: Told) {
  const books = new pg.Client({ connectionString: url });
  books.on('error', () => undefined);
  await books.connect();
  try {
    // The services first: when they are gone, nothing moves any more.
    const services = await checkServices(
      books,
      world.services.map(({ service }) => service),
    );
    const onTcp = new Set(world.signIns.terminals.filter(isOnTcp).map(({ terminalId }) => terminalId));
    const { tally } = notebook;
    const { booked, findings: answers } = await checkAnswers(books, tally, onTcp);
    const posAnswers = checkPosAnswers(booked, posNotebook);
    tally.addMoved(posAnswers.pages);
    const purses = await checkPurses(books, tally);
    return { services, answers, posAnswers, purses, books: await checkBooks(books, url, staff) };
  } finally {
    await books.end();
  }
}
