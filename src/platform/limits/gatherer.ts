/** More wait than may wait: nothing was done, and the caller says that it is busy. */
export class TooManyWait extends Error {}

interface GatherLimits {
  /** So many are done at once. */
  readonly atOnceMax: number;
  /** Beyond it a caller is told at once (`TooManyWait`). */
  readonly waitingMax: number;
  /** How long nothing is done after each time; no while where nothing is said. */
  readonly restMs?: number;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers what many callers ask: while one lot is done, the next collects; who comes alone goes at once. `work` answers
 * each item in its place. Where a lot fails because of one of its rows (SQLSTATE class 23), its halves are done apart,
 * so that one bad item does not take the others down.
 */
export function gatherer<Item, Answer>(
  { atOnceMax, waitingMax, restMs = 0 }: GatherLimits,
  work: (items: readonly Item[]) => Promise<readonly Answer[]>,
): (item: Item) => Promise<Answer> {
  const waiting: Waiting<Item, Answer>[] = [];
  let running = false;

  const answerLot = async (lot: readonly Waiting<Item, Answer>[]): Promise<void> => {
    const answers = await work(lot.map(({ item }) => item));
    for (const [i, { resolve }] of lot.entries()) resolve(answers[i] as Answer);
  };
  const doLot = (lot: readonly Waiting<Item, Answer>[]): Promise<void> =>
    answerLot(lot).catch(async (error) => {
      if (lot.length === 1 || !isOfARow(error)) {
        for (const { reject } of lot) reject(error);
        return;
      }
      const half = Math.ceil(lot.length / 2);
      await doLot(lot.slice(0, half));
      await doLot(lot.slice(half));
    });
  const drain = async () => {
    while (waiting.length > 0) {
      await doLot(waiting.splice(0, atOnceMax));
      if (restMs > 0) await rest(restMs);
    }
    running = false;
  };
  return (item) => {
    if (waiting.length >= waitingMax) return Promise.reject(new TooManyWait('too many wait'));
    return new Promise<Answer>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (running) return;
      running = true;
      queueMicrotask(() => void drain());
    });
  };
}

function isOfARow(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('23');
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
