import { hainanDay } from '#platform/calendar.ts';
import { isOpen, type OrderState } from './order.ts';

/** An earlier order of a mandate. */
export interface EarlierOrder {
  readonly state: OrderState;
  readonly createdAtMs: number;
}

export interface MandateTerms {
  readonly thresholdFen: bigint;
  readonly perDayMax: number;
}

const failurePauseMs = 30 * 60_000;
const doublingsMax = 5;
/** So many earlier orders are looked at: more than a mandate may make in a day. */
export const earlierMax = 12;

/**
 * Whether a mandate makes an order now: the balance is below its threshold, none of its orders is open, the day's
 * are not used up, and after failures some time has passed: half an hour, twice as long each time in a row.
 * `earlier` are its latest orders, newest first, at most `earlierMax`.
 */
export function isDue(
  mandate: MandateTerms,
  now: { readonly availableFen: bigint; readonly nowMs: number },
  earlier: readonly EarlierOrder[],
): boolean {
  if (now.availableFen >= mandate.thresholdFen) return false;
  if (earlier.some((order) => isOpen(order.state))) return false;
  const today = hainanDay(now.nowMs);
  const ofToday = earlier.filter((order) => hainanDay(order.createdAtMs) === today);
  if (ofToday.length >= mandate.perDayMax) return false;
  const loadedAt = earlier.findIndex((order) => order.state === 'loaded');
  const failures = loadedAt === -1 ? earlier.length : loadedAt;
  const [latest] = earlier;
  if (failures === 0 || latest === undefined) return true;
  const pause = failurePauseMs * 2 ** Math.min(failures - 1, doublingsMax);
  return now.nowMs - latest.createdAtMs >= pause;
}
