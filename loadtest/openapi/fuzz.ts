import { randomInt } from 'node:crypto';
import { errorToPrint, readArguments, withinLimits } from '#testing/read-arguments.ts';
import { openHouse } from './house.ts';
import { isGood, reportLines } from './report.ts';
import { runFuzz } from './run.ts';

const requestsMax = 1_000_000;
const requests = { short: 2_000, usual: 20_000 };
const seedMax = 20_000_000;

/**
 * Sends requests that the interface's document allows, and many that it does not, as every kind of caller, to the whole
 * service, and holds each answer against the document: `npm run fuzz:api -- [--short] [--requests 20000] [--seed 7]`.
 */
async function fuzz(args: readonly string[]): Promise<boolean> {
  const values = readArguments(args, {
    short: { type: 'boolean', default: false },
    requests: { type: 'string' },
    seed: { type: 'string' },
  });
  const count = values.requests ?? String(values.short ? requests.short : requests.usual);
  const options = {
    requests: withinLimits(count, { name: 'requests', max: requestsMax }),
    seed: withinLimits(values.seed ?? String(randomInt(1, 1_000_000)), { name: 'seed', max: seedMax }),
  };
  const house = await openHouse();
  try {
    const result = await runFuzz(house, { ...options, say: (line) => console.log(line) });
    console.log(reportLines(result, options.seed).join('\n'));
    return isGood(result);
  } finally {
    await house.close();
  }
}

try {
  process.exitCode = (await fuzz(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
}
