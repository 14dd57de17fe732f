import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorToPrint } from '#testing/read-arguments.ts';
import { checkHouse } from './operate/check-house.ts';
import { type House, openHouse } from './operate/house.ts';
import { readOptions } from './operate/options.ts';
import { local } from './operate/places.ts';
import { startTraffic, type Traffic } from './operate/traffic.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);
const paymentsOfCheck = 50;

/** Everything of compose.yaml without Docker, until Ctrl-C; or once, looked at and stopped again. */
async function operate(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2));
  say('Starting PostgreSQL, Redis, two instances, the proxy, Prometheus and its exporters …');
  const house = await openHouse(options);
  try {
    say(banner(house));
    if (options.check) return await check(house, options.paymentsPerSecond || paymentsOfCheck);
    const traffic = options.paymentsPerSecond > 0 ? startTraffic(house, options.paymentsPerSecond) : null;
    await new Promise((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
    say('\nStopping …');
    await traffic?.stop();
    if (traffic !== null) say(trafficLine(traffic));
    return true;
  } finally {
    await house.stop();
    if (options.isPassing) rmSync(options.folder, { recursive: true, force: true });
  }
}

function trafficLine(traffic: Traffic): string {
  const failed = traffic.failed();
  const but = failed.length === 0 ? '' : `, without an answer after all tries: ${failed.join(', ')}`;
  return `${traffic.sent()} sent, ${traffic.paid()} approved, the others refused${but}.`;
}

async function check(house: House, paymentsPerSecond: number): Promise<boolean> {
  const findings = await checkHouse(house, startTraffic(house, paymentsPerSecond));
  for (const { isGood, says } of findings) say(`  ${isGood ? 'good ' : 'WRONG'}  ${says}`);
  return findings.every(({ isGood }) => isGood) && verify(house);
}

/** The books, proved by the same command that people have. */
function verify(house: House): boolean {
  const cli = join(import.meta.dirname, '../src/cli.ts');
  const env = { PATH: process.env['PATH'], DATABASE_URL: house.databaseUrl, DATA_DIR: house.folder };
  return spawnSync(process.execPath, [cli, 'verify'], { stdio: 'inherit', env }).status === 0;
}

function banner(house: House): string {
  const { places } = house;
  const rows = house
    .running()
    .map(({ name, pid, logFile }) => `  ${name.padEnd(18)} pid ${pid}, log ${logFile}`);
  const instances = places.instances.map(({ http }) => `http://${local(http)}`);
  return [
    '',
    `  service            http://${local(places.site)}, terminals ${local(places.terminals)} (behind the proxy)`,
    `  staff              http://${local(places.site)}/staff, signed in with what is in ${join(house.folder, 'service-1/demo-sign-ins.json')}`,
    `  each instance      ${instances.join(', ')}; npm run gate -- --url ${instances[0]}`,
    `  dashboard          http://${local(places.prometheus)}: Prometheus' own page; alerts under /alerts, targets under /targets`,
    `  proxy              http://${local(places.statistics)}`,
    ...rows,
    '',
    `Kill what you like by its pid: it is started again. DATA_DIR=${join(house.folder, 'service-1')} npm run demo plays people.`,
    'Ctrl-C stops everything.',
  ].join('\n');
}

try {
  process.exitCode = (await operate()) ? 0 : 1;
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
}
