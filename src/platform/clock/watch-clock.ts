import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { StartError } from '#platform/start-error.ts';
import { type ClockSample, type ClockSkew, clockSkew, isBeyond, skewInWords } from './rules/clock-skew.ts';

/** Looks at the clock, of which the quickest counts. */
const looks = 5;
const watchEveryMs = 10_000;

const askTime: Statement = {
  name: 'clock-ask',
  text: 'select (extract(epoch from clock_timestamp()) * 1000)::float8',
};

export interface ClockParts {
  readonly session: Session;
  readonly metrics: Pick<Metrics, 'clockSkewSeconds'>;
  readonly log: Log;
  readonly skewMaxMs: number;
  /** Our clock; for tests another. */
  readonly nowMs: () => number;
  readonly watchEveryMs?: number;
}

/** Our clock, held against the database's. Every instance is, so two are at most twice the limit apart. */
export interface WatchedClock {
  /** Whether it is further off than it may be. */
  isWrong(): boolean;
  stop(): void;
}

/**
 * Measures our clock against the database's, which is the authority for when a payment was made, and goes on
 * doing so. Throws StartError when it is too far off: what is signed, one-time codes and sign-ins are judged by
 * our own clock, and would be refused, or taken for too long.
 */
export async function watchClock(parts: ClockParts): Promise<WatchedClock> {
  const { skewMaxMs, log } = parts;
  const first = await measure(parts);
  if (first !== null && isBeyond(first, skewMaxMs))
    throw new StartError(
      `The clock of this machine is ${skewInWords(first)} the database's, and CLOCK_SKEW_MAX_MS allows ${skewMaxMs} ms: set the clocks by one time server (NTP) and start again.`,
    );
  let wrong = false;
  const timer = setInterval(async () => {
    const skew = await measure(parts);
    if (skew === null) return;
    const before = wrong;
    wrong = isBeyond(skew, skewMaxMs);
    if (wrong && !before)
      log.error('the clock of this machine is too far off, so it is not ready', {
        skewMs: Math.round(skew.skewMs),
        skewMaxMs,
      });
    if (before && !wrong) log.info('the clock of this machine is right again', {});
  }, parts.watchEveryMs ?? watchEveryMs);
  timer.unref();
  return { isWrong: () => wrong, stop: () => clearInterval(timer) };
}

/** Null when the database does not answer: then nothing is known, and nothing is ready in any case. */
async function measure({ session, metrics, nowMs }: ClockParts): Promise<ClockSkew | null> {
  const samples: ClockSample[] = [];
  try {
    for (let look = 0; look < looks; look++) {
      const sentMs = nowMs();
      const { rows } = await session.run(askTime);
      samples.push({ sentMs, databaseMs: Number(rows[0]?.[0]), receivedMs: nowMs() });
    }
  } catch {
    return null;
  }
  const skew = clockSkew(samples);
  if (skew !== null) metrics.clockSkewSeconds.set(skew.skewMs / 1000);
  return skew;
}
