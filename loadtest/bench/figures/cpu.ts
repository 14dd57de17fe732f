import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second, on every architecture that Node runs on. */
const tickUs = 10_000;

interface Stat {
  readonly parentPid: number;
  readonly ownUs: number;
  /** Of children that have ended and were waited for. */
  readonly endedUs: number;
}

/** CPU time of one process since its start, µs. */
export function processCpuUs(pid: number): number {
  return statOf(pid)?.ownUs ?? 0;
}

/**
 * CPU time of a process and all its children, living or ended, µs. A child that ends between two readings
 * moves from the living to the ended, so the difference of two readings misses nothing.
 */
export function treeCpuUs(rootPid: number): number {
  const root = statOf(rootPid);
  if (root === undefined) return 0;
  let sum = root.ownUs + root.endedUs;
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (stat?.parentPid === rootPid) sum += stat.ownUs + stat.endedUs;
  }
  return sum;
}

function statOf(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets, which may hold spaces; the third begins after it.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = (field: number) => fields[field - 3] ?? 0;
  return {
    parentPid: ticks(4),
    ownUs: (ticks(14) + ticks(15)) * tickUs,
    endedUs: (ticks(16) + ticks(17)) * tickUs,
  };
}
