export interface InFlightOptions<Item, Answer> {
  /** How many repeats may wait for one first. */
  readonly waitersMax: number;
  /** How long a repeat waits for its first. */
  readonly waitMs: number;
  readonly key: (item: Item) => string;
  /** What a repeat is told past either limit. */
  readonly tooLong: Answer;
}

/** What is in flight in this instance: a repeat that meets its first waits for its answer. */
export interface InFlight<Item, Answer> {
  /** The first with this key that is still on its way, or null. */
  firstOf(item: Item): { readonly item: Item; readonly answer: Promise<Answer> } | null;
  /** Runs a first: until it is answered, repeats find it. */
  run(item: Item, work: () => Promise<Answer>): Promise<Answer>;
  /** How many firsts are on their way. */
  count(): number;
}

interface Flight<Item, Answer> {
  readonly item: Item;
  readonly answer: Promise<Answer>;
  waiters: number;
}

/**
 * Keeps what is in flight. It only saves work: the database knows a repeat without it.
 *
 * No Map: one whose entries come and go grows anew every few dozen of them, and each of its outgrown tables points to
 * the next. Once one of them is old, all that ever flew after it outlives the collection of young garbage, until the
 * whole heap is collected (seen with --trace-gc: 10 KB of every payment). Words without a prototype have no such chain.
 */
export function inFlight<Item, Answer>(options: InFlightOptions<Item, Answer>): InFlight<Item, Answer> {
  const flights: Record<string, Flight<Item, Answer>> = Object.create(null);
  let count = 0;
  return {
    firstOf: (item) => {
      const flight = flights[options.key(item)];
      if (flight === undefined) return null;
      if (flight.waiters >= options.waitersMax) return { item, answer: Promise.resolve(options.tooLong) };
      flight.waiters += 1;
      return { item: flight.item, answer: withLimit(flight.answer, options) };
    },
    run: (item, work) => {
      const key = options.key(item);
      const answer = work().finally(() => {
        count -= 1;
        delete flights[key];
      });
      count += 1;
      flights[key] = { item, answer, waiters: 0 };
      return answer;
    },
    count: () => count,
  };
}

function withLimit<Item, Answer>(
  answer: Promise<Answer>,
  options: InFlightOptions<Item, Answer>,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => resolve(options.tooLong), options.waitMs);
  });
  return Promise.race([answer, limit]).finally(() => clearTimeout(timer));
}
