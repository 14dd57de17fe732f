import type { SeededRandom } from '#testing/model/seeded-random.ts';

/** What a long run is to reach before it ends by itself. */
export interface Goals {
  /** Payments and rides that were answered as approved; loads, holds and what goes back do not count. */
  readonly payments: number;
  /** Of each server. */
  readonly kills: number;
  /** Kills are spread over so long; the run may end before or after. */
  readonly paceSeconds: number;
}

/** Each of them is killed as often as `goals.kills` says. */
export const killNames = ['service kill', 'postgres kill', 'redis kill'] as const;

/** Somewhat faster than the pace, so that the last kill does not wait for the last minute. */
const killsHeadStart = 1.1;

/** Payments are spread as well: a faster machine would else be done before the kills, and pay on for nothing. */
const paymentsHeadStart = 1.25;

/** Whether so much was paid already that the clients may rest. */
export function isAhead(goals: Goals, at: { readonly seconds: number; readonly payments: number }): boolean {
  return at.payments > (goals.payments * paymentsHeadStart * at.seconds) / goals.paceSeconds;
}

/** Whether a kill is due by the time that has passed: the pace counts, not chance. */
export function isKillDue(goals: Goals, at: { readonly seconds: number; readonly kills: number }): boolean {
  return at.kills + 1 <= (goals.kills * killsHeadStart * at.seconds) / goals.paceSeconds;
}

export function areReached(
  goals: Goals,
  at: { readonly payments: number; readonly faults: ReadonlyMap<string, number> },
): boolean {
  return (
    at.payments >= goals.payments && killNames.every((name) => (at.faults.get(name) ?? 0) >= goals.kills)
  );
}

/** The next fault of a server: its kill when that is due, else any of the others. */
export function pickPaced<Named extends { readonly name: string }>(
  faults: readonly Named[],
  random: SeededRandom,
  isDue: (kill: Named) => boolean,
): Named {
  const kill = faults.find(({ name }) => killNames.some((known) => known === name));
  if (kill === undefined) return random.pick(faults);
  return isDue(kill) ? kill : random.pick(faults.filter((fault) => fault !== kill));
}
