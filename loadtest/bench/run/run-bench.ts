import { closeWorld, isClosing } from '#loadtest/bench/world.ts';
import { errorToPrint } from '#testing/read-arguments.ts';

/** Runs a bench to its end, with 1 as exit code where it says false or throws; whatever it started is stopped. */
export async function runBench(bench: () => Promise<boolean>, stop = () => {}): Promise<void> {
  const stopOn = (signal: NodeJS.Signals, code: number) =>
    process.once(signal, () => {
      stop();
      void closeWorld().finally(() => process.exit(code));
    });
  stopOn('SIGINT', 130);
  stopOn('SIGTERM', 143);
  try {
    if (!(await bench())) process.exitCode = 1;
  } catch (error) {
    if (!isClosing()) console.error(errorToPrint(error));
    process.exitCode = 1;
  } finally {
    await closeWorld();
  }
}
