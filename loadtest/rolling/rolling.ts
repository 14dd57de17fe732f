import { type Ground, openGround } from '#loadtest/chaos/world.ts';
import { errorToPrint } from '#testing/read-arguments.ts';
import { terminalClient } from '#testing/terminal-client.ts';
import { type RollingOptions, readRollingOptions } from './options.ts';
import { reportLines } from './report.ts';
import { runRolling } from './run.ts';

/**
 * Restarts and upgrades two instances behind HAProxy while honest clients pay, and proves that nobody was left
 * without an answer and nothing was lost or doubled:
 * `npm run rolling -- [--short] [--seconds 100] [--seed 7] [--json]`.
 */
async function rolling(options: RollingOptions, ground: Ground): Promise<boolean> {
  const startedAtMs = performance.now();
  const say = (line: string) => {
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    if (!options.isJson) console.log(`${seconds.padStart(6)} s  ${line}`);
  };
  const wire = terminalClient(options.clients * 2);
  ground.onClose(() => wire.close());
  const result = await runRolling(options, { wire, ground, say });
  if (!result.isGood) say(`what is left of the run is in ${ground.folder}`);
  console.log(options.isJson ? JSON.stringify(result) : reportLines(result).join('\n'));
  return result.isGood;
}

async function main(options: RollingOptions): Promise<void> {
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
    good = await rolling(options, ground);
  } catch (error) {
    if (!isStopping) console.error(error, `\nwhat is left of the run is in ${ground.folder}`);
  }
  await ground.close(!good);
  process.exit(good ? 0 : 1);
}

try {
  await main(readRollingOptions(process.argv.slice(2)));
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
}
