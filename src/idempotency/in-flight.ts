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

/** Keeps the map of what is in flight. It only saves work: the database knows a repeat without it. */
export function inFlight<Item, Answer>(options: InFlightOptions<Item, Answer>): InFlight<Item, Answer> {
  const flights = new Map<string, Flight<Item, Answer>>();
  return {
    firstOf: (item) => {
      const flight = flights.get(options.key(item));
      if (flight === undefined) return null;
      if (flight.waiters >= options.waitersMax) return { item, answer: Promise.resolve(options.tooLong) };
      flight.waiters += 1;
      return { item: flight.item, answer: withLimit(flight.answer, options) };
    },
    run: (item, work) => {
      const key = options.key(item);
      const answer = work().finally(() => flights.delete(key));
      flights.set(key, { item, answer, waiters: 0 });
      return answer;
    },
    count: () => flights.size,
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
