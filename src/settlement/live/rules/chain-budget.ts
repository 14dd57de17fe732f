/** The time of a look for groups that are new, and for those that it goes through again. */
export interface ChainBudget {
  readonly newMs: number;
  readonly againMs: number;
}

/** Shares of the time from one look to the next. */
const shares = {
  /** While payments need the process, few are taken from it: what is left over is caught up with at leisure. */
  busy: { new: 0.02, again: 0.005 },
  leisure: { new: 0.2, again: 0.02 },
} as const;
/** From this share of its time on, the process is busy with something else. */
const busyFrom = 0.5;

/** How long a look may recompute groups, by how busy the process was since the last one (0 to 1). */
export function chainBudget(pauseMs: number, utilization: number): ChainBudget {
  const share = utilization >= busyFrom ? shares.busy : shares.leisure;
  return { newMs: pauseMs * share.new, againMs: pauseMs * share.again };
}
