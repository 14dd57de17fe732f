import { errorToPrint } from '#testing/read-arguments.ts';
import { terminalClient } from '#testing/terminal-client.ts';
import { type ChaosOptions, readOptions } from './chaos/options.ts';
import { figuresOf, isGood, reportLines } from './chaos/report.ts';
import { runChaos } from './chaos/run.ts';
import { type Ground, openGround } from './chaos/world.ts';

/**
 * Kills, freezes and confuses everything the service stands on while honest clients pay, and proves afterwards
 * that nothing was lost, doubled or moved wrongly:
 * `npm run chaos -- [--short] [--seconds 100] [--payments 20000] [--seed 7] [--json]`.
 */
async function chaos(options: ChaosOptions, ground: Ground): Promise<boolean> {
  const startedAtMs = performance.now();
  const say = (line: string) => {
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    if (!options.isJson) console.log(`${seconds.padStart(6)} s  ${line}`);
  };
  // Both attempts of a client at once, to either instance.
  const wire = terminalClient(options.clients * 2);
  ground.onClose(() => wire.close());
  const figures = figuresOf(await runChaos(options, { wire, ground, say }));
  if (!isGood(figures)) say(`what is left of the run is in ${ground.folder}`);
  console.log(options.isJson ? JSON.stringify(figures) : reportLines(figures).join('\n'));
  return isGood(figures);
}

async function main(options: ChaosOptions): Promise<void> {
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
    good = await chaos(options, ground);
  } catch (error) {
    if (!isStopping) console.error(error, `\nwhat is left of the run is in ${ground.folder}`);
  }
  await ground.close(!good);
  // After a failure, clients may still be asking for what nobody will answer any more.
  process.exit(good ? 0 : 1);
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
}
