import { type Ground, openGround } from './world.ts';

/**
 * Runs a drill on ground of its own, and ends the process with 0 where it was good. What a bad one leaves is kept as
 * evidence; a signal ends it at once, and nothing is left.
 */
export async function runOnGround(drill: (ground: Ground) => Promise<boolean>): Promise<never> {
  const ground = openGround();
  let isStopping = false;
  const stopOn = (signal: NodeJS.Signals, code: number) =>
    process.once(signal, () => {
      isStopping = true;
      void ground.close(false).finally(() => process.exit(code));
    });
  stopOn('SIGINT', 130);
  stopOn('SIGTERM', 143);
  let good = false;
  try {
    good = await drill(ground);
  } catch (error) {
    if (!isStopping) console.error(error, `\nwhat is left of the run is in ${ground.folder}`);
  }
  await ground.close(!good);
  // After a failure, clients may still be asking for what nobody will answer any more.
  return process.exit(good ? 0 : 1);
}
