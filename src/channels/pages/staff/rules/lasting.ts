/** How long something lasts, in the two largest units that say something. */
export interface Lasting {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long it is from a moment to another; what is not over yet lasts nothing. */
export function lasting(sinceMs: number, nowMs: number): Lasting {
  const ms = Math.max(0, nowMs - sinceMs);
  const days = Math.floor(ms / dayMs);
  const hours = Math.floor((ms % dayMs) / hourMs);
  return { days, hours, minutes: Math.floor((ms % hourMs) / minuteMs) };
}
