import { type Goals, killNames } from './goals.ts';

/** Where a run stands. */
export interface Standing {
  readonly seconds: number;
  readonly secondsMax: number;
  readonly sent: number;
  /** Approved payments and rides, of all that was approved. */
  readonly payments: number;
  readonly approved: number;
  readonly declined: number;
  readonly closes: number;
  readonly faults: ReadonlyMap<string, number>;
}

const everyMs = 10_000;
const secondsPerMinute = 60;

/** Says every ten seconds where the run stands against its goals; gives how it is stopped. */
export function tellProgress(
  goals: Goals,
  { standing, tell }: { standing: () => Standing; tell: (line: string, now: Standing) => void },
): () => void {
  let before = standing();
  const timer = setInterval(() => {
    const now = standing();
    tell(progressLine(goals, now, before), now);
    before = now;
  }, everyMs);
  return () => clearInterval(timer);
}

function progressLine(goals: Goals, now: Standing, before: Standing): string {
  const number = (value: number) => Math.round(value).toLocaleString('en-US');
  const rate = (now.payments - before.payments) / Math.max(1, now.seconds - before.seconds);
  const kills = killNames.map((name) => `${name.split(' ')[0]} ${now.faults.get(name) ?? 0}`).join(', ');
  const missing = Math.max(0, goals.payments - now.payments);
  const overall = now.payments / Math.max(1, now.seconds);
  const leftSeconds = Math.max(goals.paceSeconds - now.seconds, missing / Math.max(1, overall));
  const left = Math.max(0, Math.min(now.secondsMax - now.seconds, leftSeconds)) / secondsPerMinute;
  return (
    `${'progress'.padEnd(24)} ${number(now.payments)} of ${number(goals.payments)} payments (${number(rate)}/s), ` +
    `${percentOf(now.declined, now.approved + now.declined)} % declined, ` +
    `kills of ${goals.kills}: ${kills}; ${now.closes} days closed, ` +
    `memory ${number(process.memoryUsage().rss / 2 ** 20)} MB, about ${number(left)} min left`
  );
}

/** One digit behind the point. */
export const percentOf = (part: number, whole: number): number =>
  Math.round((1_000 * part) / Math.max(1, whole)) / 10;
