import { errorToPrint, readArguments, withinLimits } from '#testing/read-arguments.ts';
import { type Contender, contenders } from './iso8583/contenders.ts';
import { bytesPerRun, median, perSecond, warmUp } from './iso8583/measure.ts';

/**
 * Our ISO 8583 beside `iso_8583` and `jspos`, writing and reading the same purchase, in turns:
 * `npm run bench:iso8583 -- [--seconds 1] [--rounds 5] [--json]`. Seconds are of each of them in all rounds. It judges
 * nothing, and exits with 0.
 */
function bench(seconds: number, rounds: number): readonly Result[] {
  const all = contenders();
  for (const { run } of all) warmUp(run);
  const found = new Map(all.map((one) => [one, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [one, rates] of found) rates.push(perSecond(one.run, seconds / rounds));
  }
  return [...found].map(([{ name, dialect, does, run }, rates]) => ({
    ...{ name, dialect, does },
    perSecond: Math.round(median(rates)),
    bytes: Math.round(bytesPerRun(run)),
  }));
}

interface Result extends Omit<Contender, 'run'> {
  /** Of processor time. */
  readonly perSecond: number;
  /** Allocated for one message. */
  readonly bytes: number;
}

function print(results: readonly Result[]): void {
  console.log(
    'a purchase of 15 fields with chip data; medians a second of processor time; bytes allocated for one message',
  );
  for (const { name, dialect, does, perSecond: rate, bytes } of results) {
    const ours = results.find((one) => one.name === 'ours' && one.dialect === dialect && one.does === does);
    const ratio = name === 'ours' ? '' : `  ours ${((ours?.perSecond ?? 0) / rate).toFixed(1)} x`;
    const figures = `${String(rate).padStart(9)}/s ${String(bytes).padStart(8)} bytes`;
    console.log(`${dialect.padEnd(13)} ${does}  ${name.padEnd(8)} ${figures}${ratio}`);
  }
}

try {
  const { seconds, rounds, json } = readArguments(process.argv.slice(2), {
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  });
  const results = bench(
    withinLimits(seconds, { name: 'seconds', max: 600, parts: true }),
    withinLimits(rounds, { name: 'rounds', max: 100 }),
  );
  if (json) console.log(JSON.stringify(results));
  else print(results);
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
}
