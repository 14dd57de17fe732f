import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const warmUpRuns = 2_000;
const batch = 500;
/** So few that no collection comes between, whoever allocates. */
const runsOfAllocation = 64;
const roundsOfAllocation = 15;

/** What is made is kept here, so that making it is not left out as useless. */
const kept: { last: unknown } = { last: null };

export function warmUp(run: () => unknown): void {
  for (let i = 0; i < warmUpRuns; i++) kept.last = run();
}

/**
 * How often it runs in a second of a processor's time, measured for so long: a machine that is shared takes time away
 * from whoever is measured, and this leaves it out. Collecting garbage counts.
 */
export function perSecond(run: () => unknown, seconds: number): number {
  const until = performance.now() + 1000 * seconds;
  const began = process.cpuUsage();
  let runs = 0;
  do {
    for (let i = 0; i < batch; i++) kept.last = run();
    runs += batch;
  } while (performance.now() < until);
  const { user, system } = process.cpuUsage(began);
  return (1e6 * runs) / (user + system);
}

/** The bytes that one run takes from the heap and for buffers: the middle of several rounds. */
export function bytesPerRun(run: () => unknown): number {
  const found = Array.from({ length: roundsOfAllocation }, () => {
    collectGarbage();
    const before = bytesInUse();
    for (let i = 0; i < runsOfAllocation; i++) kept.last = run();
    return (bytesInUse() - before) / runsOfAllocation;
  });
  return median(found);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function bytesInUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
