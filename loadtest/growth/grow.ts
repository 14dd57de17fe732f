import { findBusinessDay } from '#ledger/business-days.ts';
import type { Ours } from '#loadtest/bench/our-way.ts';
import { type Days, fillDay } from '#loadtest/bench/run/fill-day.ts';
import type { World } from '#loadtest/bench/world.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import { closeDay } from '#settlement/close-day.ts';
import type { GrowthOptions } from './options.ts';

/** What growing came to. */
export interface Grown {
  readonly payments: number;
  /** Of the first day and of the last one, while the journal grew. */
  readonly firstDayPerSecond: number;
  readonly lastDayPerSecond: number;
  readonly slowestCloseMs: number;
}

const inFlight = 2_048;
/** A day that takes longer than this was never going to end. */
const daySecondsMax = 1_200;

/** Pays day after day, and closes each but the last, which stays open for what is measured after. */
export async function grow(
  desk: { world: World; ours: Ours; days: Days; pool: Pool },
  { payments, days, asPos }: GrowthOptions,
  say: (line: string) => void,
): Promise<Grown> {
  const rates: number[] = [];
  let [sent, slowestCloseMs] = [0, 0];
  for (let day = 1; day <= days; day++) {
    const due = Math.round((payments * day) / days) - sent;
    const filled = await fillDay(
      desk,
      { payments: due, secondsMax: daySecondsMax, inFlight, asPos },
      silentBelow(due, say),
    );
    sent += filled.payments;
    rates.push(filled.perSecond);
    const closeMs = day === days ? 0 : await closeOpenDay(desk.pool);
    slowestCloseMs = Math.max(slowestCloseMs, closeMs);
    const closed = day === days ? 'stays open' : `closed in ${closeMs.toFixed(0)} ms`;
    say(
      `day ${day} of ${days}: ${sent} of ${payments} payments, ${filled.perSecond.toFixed(0)}/s, ${closed}`,
    );
  }
  return {
    payments: sent,
    firstDayPerSecond: rates[0] ?? 0,
    lastDayPerSecond: rates.at(-1) ?? 0,
    slowestCloseMs,
  };
}

const daysAhead = 2;

const longDay = 1_000_000;

/** A day of a few seconds has one line, which says it all. */
const silentBelow = (payments: number, say: (line: string) => void) =>
  payments < longDay ? () => undefined : say;

async function closeOpenDay(pool: Pool): Promise<number> {
  // As the service does by itself: the next day's partitions are there before the cut-off needs them.
  await pool.query('select ledger.add_partitions_ahead($1)', [daysAhead]);
  const open = await findBusinessDay(sessionOf(pool), 'current');
  if (open === null) throw new Error('no day is open');
  const startedAtMs = performance.now();
  const closed = await closeDay(pool, open.businessDate);
  if (typeof closed === 'string') throw new Error(`day ${open.businessDate} was not closed: ${closed}`);
  return performance.now() - startedAtMs;
}
