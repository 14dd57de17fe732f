/** Gives how busy the process was since it was asked before, from 0 to 1; the first time, since this was opened. */
export function openUtilization(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
