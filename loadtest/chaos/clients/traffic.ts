import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoTerminal } from '#demo/sign-ins.ts';
import { hainanDay } from '#platform/calendar.ts';
import { type SeededRandom, seededRandom } from '#testing/model/seeded-random.ts';
import type { TerminalClient } from '#testing/terminal-client.ts';
import { type CallerOptions, type CallWatch, perform, performTogether, repeat } from './honest-caller.ts';
import type { Notebook } from './notebook.ts';
import { type RequestMaker, requestMaker } from './requests.ts';
import type { Scale } from './scale.ts';
import { tellStory } from './stories.ts';
import { keyOf, type Page, type Sent } from './told/page.ts';

export interface TrafficOptions {
  readonly wire: TerminalClient;
  readonly addresses: readonly string[];
  readonly terminals: readonly DemoTerminal[];
  readonly notebook: Notebook;
  readonly watch: CallWatch;
  readonly clients: number;
  readonly requestsMax: number;
  readonly scale: Scale;
  /** Whether the clients are faster than the run needs them, and rest. */
  readonly isAhead: () => boolean;
  readonly seed: number;
}

export interface Traffic {
  /** Sends what was answered under these keys once more; gives how many requests that were. */
  repeatAll(keys: ReadonlySet<string>): Promise<number>;
  /** Whether so much was sent as was to be sent. */
  isOver(): boolean;
  /**
   * Lets every client come to the end of its story; resolves when nothing is open any more. Then a payment of
   * some cards goes to each instance: every lane of each must be able to pay again.
   */
  finish(): Promise<void>;
}

const repeatedMax = 60;
/** More than an instance has lanes. */
const lastLapCards = 4;
/** Between two stories of a client: the machine is shared. */
const pauseMs = { short: 40, long: 400 };
const restMs = 200;

/** Starts the clients. Each has its own seed, and takes its stories one after the other. */
export function startTraffic(options: TrafficOptions): Traffic {
  let over = false;
  const isOver = () => over || options.notebook.sent() >= options.requestsMax;
  const make = requestMaker(hainanDay(Date.now()));
  const clients = Array.from({ length: options.clients }, (_, client) =>
    runClient(options, { random: seededRandom(options.seed * 1_000 + client), make, isOver }),
  );
  const all = Promise.all(clients);
  // Whoever finishes the traffic hears of a client that failed; until then it is not unhandled.
  all.catch(() => undefined);
  const random = seededRandom(options.seed * 1_000 + options.clients);
  return {
    repeatAll: async (keys) => {
      const isMeant = (page: Page) => page.final !== null && keys.has(keyOf(page));
      const pages = options.notebook.kept().filter(isMeant).slice(-repeatedMax);
      // One by one: in a flood Redis would be too slow to be heard.
      for (const page of pages) await repeat({ ...options, random }, page);
      return pages.length;
    },
    isOver,
    finish: async () => {
      over = true;
      await all;
      await lastLap(options, make, random);
      options.notebook.closeAll();
    },
  };
}

async function lastLap(options: TrafficOptions, make: RequestMaker, random: SeededRandom): Promise<void> {
  const { notebook } = options;
  const at = random.pick(options.terminals.filter((terminal) => terminal.sector === 'shops'));
  for (const address of options.addresses) {
    for (let card = 0; card < lastLapCards; card++) {
      const page = notebook.open(make.fresh('payment', at, { card, amountFen: 1 }));
      await perform({ ...options, random, addresses: [address] }, page);
      notebook.close([page]);
    }
  }
}

interface Client {
  readonly random: SeededRandom;
  readonly make: RequestMaker;
  readonly isOver: () => boolean;
}

async function runClient(options: TrafficOptions, client: Client): Promise<void> {
  const { random, isOver } = client;
  while (!isOver()) {
    await oneStory(options, client);
    if (random.chance(10)) await repeatOne({ ...options, random });
    while (options.isAhead() && !isOver()) await sleep(restMs / 2 + random.int(restMs));
    await sleep(random.int(random.chance(5) ? pauseMs.long : pauseMs.short));
  }
}

async function oneStory(options: TrafficOptions, { random, make }: Client): Promise<void> {
  const caller: CallerOptions = { ...options, random };
  const { notebook, terminals, scale } = options;
  const story: Page[] = [];
  const open = (sent: Sent) => {
    const page = notebook.open(sent);
    story.push(page);
    return page;
  };
  await tellStory({
    ...{ random, make, terminals, scale },
    send: async (sent) => perform(caller, open(sent)),
    sendLater: (sent) => {
      const page = open(sent);
      return { page, send: () => perform(caller, page) };
    },
    sendTogether: async (all) => performTogether(caller, all.map(open)),
  });
  notebook.close(story);
}

/** One of the last answered requests comes again. */
async function repeatOne(caller: CallerOptions): Promise<void> {
  const pages = caller.notebook.recent();
  const page = pages[pages.length - 1 - caller.random.int(Math.min(300, pages.length))];
  if (page !== undefined && page.final !== null) await repeat(caller, page);
}
