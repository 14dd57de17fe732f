import { sayer } from '#loadtest/bench/run/sayer.ts';
import { runOnGround } from '#loadtest/chaos/on-ground.ts';
import type { Ground } from '#loadtest/chaos/world.ts';
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
  const say = sayer(options.isJson);
  const wire = terminalClient(options.clients * 2);
  ground.onClose(() => wire.close());
  const result = await runRolling(options, { wire, ground, say });
  if (!result.isGood) say(`what is left of the run is in ${ground.folder}`);
  console.log(options.isJson ? JSON.stringify(result) : reportLines(result).join('\n'));
  return result.isGood;
}

try {
  const options = readRollingOptions(process.argv.slice(2));
  await runOnGround((ground) => rolling(options, ground));
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
}
