import { sayer } from '#loadtest/bench/run/sayer.ts';
import { runOnGround } from '#loadtest/chaos/on-ground.ts';
import { readOptions } from '#loadtest/chaos/options.ts';
import type { Ground } from '#loadtest/chaos/world.ts';
import { StartError } from '#platform/start-error.ts';
import { errorToPrint } from '#testing/read-arguments.ts';
import { terminalClient } from '#testing/terminal-client.ts';
import { reportLines, writeReport } from './report.ts';
import { type FailoverOptions, runFailover } from './run.ts';

/**
 * Kills the primary of a PostgreSQL under Patroni while honest clients pay, and proves that nothing acknowledged was
 * lost: `npm run failover -- [--nodes 2|3] [--seed 7] [--report FOLDER] [--json]`. Linux with Debian's packages.
 */
async function failover(options: FailoverOptions, ground: Ground): Promise<boolean> {
  const say = sayer(options.isJson);
  const wire = terminalClient(options.clients * 2);
  ground.onClose(() => wire.close());
  const result = await runFailover(options, { wire, ground, say });
  if (!result.isGood) say(`what is left of the run is in ${ground.folder}`);
  console.log(options.isJson ? JSON.stringify(result) : reportLines(result).join('\n'));
  if (result.isGood) say(`written to ${writeReport(options.reportFolder, result)}`);
  return result.isGood;
}

/** `--nodes 2` beside what a chaos run knows. */
function readFailoverOptions(args: readonly string[]): FailoverOptions {
  const place = args.indexOf('--nodes');
  const nodes = place < 0 ? 3 : Number(args[place + 1]);
  if (nodes !== 2 && nodes !== 3) throw new StartError('--nodes must be 2 or 3.');
  const rest = place < 0 ? args : args.toSpliced(place, 2);
  return { ...readOptions(rest), nodes };
}

try {
  const options = readFailoverOptions(process.argv.slice(2));
  await runOnGround((ground) => failover(options, ground));
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
}
