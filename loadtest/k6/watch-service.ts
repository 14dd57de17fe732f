/** What the instances say of themselves while a run goes on. */
export interface ServiceWatch {
  /** Ends it: the most that was wrong with the books, fen and rows together; null where the service shows nothing. */
  stop(): Promise<number | null>;
}

const lookEveryMs = 1_000;
const tellEveryLooks = 10;
const drift = /^one_card_books_(?:drift_fen|wrong)(?:\{[^}]*\})?\s+(-?[\d.e+]+)/gm;
const decided = /^one_card_requests_decided_total\{[^}]*\}\s+([\d.e+]+)/gm;

interface Seen {
  readonly decided: number;
  readonly drift: number | null;
}

/** Looks at /metrics of every instance once a second, and says every ten seconds how far the run is. */
export function watchService(addresses: readonly string[], say: (line: string) => void): ServiceWatch {
  let [looks, decidedBefore] = [0, 0];
  let worst: number | null = null;
  let looking: Promise<void> = Promise.resolve();
  const look = async () => {
    const seen = await seenAt(addresses).catch(() => null);
    if (seen === null) return;
    if (seen.drift !== null) worst = Math.max(worst ?? 0, seen.drift);
    looks += 1;
    if (looks % tellEveryLooks !== 1) return;
    const perSecond = ((seen.decided - decidedBefore) * 1_000) / lookEveryMs / tellEveryLooks;
    if (looks > 1)
      say(`  ${seen.decided} decided, ${perSecond.toFixed(0)}/s; drift shown: ${worst ?? 'none yet'}`);
    decidedBefore = seen.decided;
  };
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, lookEveryMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await looking.then(look);
      return worst;
    },
  };
}

async function seenAt(addresses: readonly string[]): Promise<Seen> {
  const texts = await Promise.all(
    addresses.map(async (address) => (await fetch(`${address}/metrics`)).text()),
  );
  const shown = texts.flatMap((text) => valuesOf(text, drift)).map(Math.abs);
  return {
    decided: sumOf(texts.flatMap((text) => valuesOf(text, decided))),
    drift: shown.length === 0 ? null : sumOf(shown),
  };
}

const valuesOf = (text: string, gauge: RegExp) => [...text.matchAll(gauge)].map(([, value]) => Number(value));
const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
