/** Prints lines with the seconds since the start before them; nothing where only the figures are wanted. */
export function sayer(isSilent = false): (line: string) => void {
  const startedAtMs = performance.now();
  return (line) => {
    if (isSilent) return;
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    console.log(`${seconds.padStart(7)} s  ${line}`);
  };
}
