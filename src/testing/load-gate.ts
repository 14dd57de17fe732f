/** What the gate needs to know of a service: its `/metrics` as text. */
export interface GateOptions {
  readonly readMetrics: () => Promise<string>;
  /** So long it waits for a look that began after the call, and for one that has recomputed everything. */
  readonly timeoutMs: number;
  readonly pollMs?: number;
}

/** The books are right and all of them were looked at, or what is wrong, in words. */
export type GateVerdict =
  | { readonly ok: true; readonly waitedMs: number }
  | { readonly ok: false; readonly wrong: readonly string[] };

const pollDefaultMs = 500;
/** The age of a look is measured across a network: it is taken to be so much older than it says. */
const doubtMs = 1_000;

/**
 * Whether the running books are right, by a look that began after the call: not one fen of drift, no check that is
 * wrong, and no group that was not recomputed. What cannot be told in time is not right.
 */
export async function passGate(options: GateOptions): Promise<GateVerdict> {
  const { readMetrics, timeoutMs, pollMs = pollDefaultMs } = options;
  const startedMs = performance.now();
  for (;;) {
    const seen = readBooks(await readMetrics());
    const waitedMs = performance.now() - startedMs;
    const verdict = judge(seen, waitedMs);
    if (typeof verdict !== 'string') return verdict;
    if (waitedMs > timeoutMs) return { ok: false, wrong: [verdict] };
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** The verdict, or for what it has to wait. */
function judge(seen: BooksSeen | null, waitedMs: number): GateVerdict | string {
  if (seen === null) return 'no look at the books was seen';
  if (seen.ageMs + doubtMs >= waitedMs) return 'no look at the books began after the call';
  if (seen.wrong.length > 0) return { ok: false, wrong: seen.wrong };
  return seen.behind === 0
    ? { ok: true, waitedMs }
    : `${seen.behind} requests were not recomputed in time: where payments go on there always are some, and the gate is for when they have ended`;
}

interface BooksSeen {
  readonly ageMs: number;
  readonly behind: number;
  readonly wrong: readonly string[];
}

/** Null before the first look: an instance without one shows no drift. */
function readBooks(metrics: string): BooksSeen | null {
  const samples = readSamples(metrics);
  const one = (name: string) => samples.find((sample) => sample.series === `one_card_books_${name}`)?.value;
  const [drift, ageSeconds, behind] = [one('drift_fen'), one('age_seconds'), one('behind')];
  if (drift === undefined || ageSeconds === undefined || behind === undefined) return null;
  const checks = samples.filter(({ series }) => /^one_card_books_wrong(_fen)?\{/.test(series));
  if (checks.length === 0) return null;
  const wrong = checks.filter(({ value }) => value !== 0).map(({ series, value }) => `${series} ${value}`);
  if (drift !== 0) wrong.unshift(`one_card_books_drift_fen ${drift}`);
  return { ageMs: ageSeconds * 1_000, behind, wrong };
}

function readSamples(metrics: string): { series: string; value: number }[] {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith('one_card_books_'))
    .map((line) => {
      const space = line.lastIndexOf(' ');
      return { series: line.slice(0, space), value: Number(line.slice(space + 1)) };
    });
}
