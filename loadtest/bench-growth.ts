import { join } from 'node:path';
import { packNext } from '#ledger/partitions/pack.ts';
import { openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { bar, barLines, type FoundBar } from './bench/figures/bar-table.ts';
import { medianOf } from './bench/figures/bars.ts';
import type { Measured } from './bench/figures/measured.ts';
import { measureOurs, type Ours, openOurs } from './bench/our-way.ts';
import { runBench } from './bench/run/run-bench.ts';
import { sayer } from './bench/run/sayer.ts';
import { openTwin, openWorld, type World } from './bench/world.ts';
import { type CommandRun, runCommand } from './growth/command.ts';
import { type Disk, diskLines, readDisk } from './growth/disk.ts';
import { measureLooksThroughDoor } from './growth/door.ts';
import { type Grown, grow } from './growth/grow.ts';
import { busyCards, fillPages, type Look, type Looks, measureLooksInside } from './growth/looks.ts';
import { type GrowthOptions, readOptions } from './growth/options.ts';
import { signInHolders } from './k6/world.ts';

/**
 * What ten million payments do to the service: rate, disk, looks and verification beside an empty twin of the town:
 * `npm run bench:growth -- [--payments 10000000] [--days 30] [--pos] [--short]`.
 * Exits with 1 when money, answers or books were wrong, not when a bar was missed.
 */
async function bench(options: GrowthOptions): Promise<boolean> {
  const say = sayer();
  const world = await openWorld(options.cards);
  const ours = await openOurs(world);
  const pool = openPool(world.url, 2);
  world.onClose(() => pool.end());
  await fillPages(world, ours);
  await signInHolders(sessionOf(world.owner), busyCards);
  await world.owner.query('vacuum analyze');
  const start = { disk: await readDisk(world.owner), looks: await lookBothWays(world, pool) };
  say(`the town is built: ${looksText(start.looks)}`);
  const grown = await grow({ world, ours, days: new Map(), pool }, options, say);
  const full = await readDisk(world.owner);
  const eachBytes = (full.bytes - start.disk.bytes) / grown.payments;
  say(`${eachBytes.toFixed(0)} bytes of disk a payment, as they were written`);
  const packed = await packClosedDays({ world, pool }, say);
  await world.owner.query('vacuum analyze');
  const looks = await lookBothWays(world, pool);
  say(`after ${grown.payments} payments: ${looksText(looks)}`);
  const rates = await compareRates({ world, ours }, options, say);
  say('the books are verified');
  const verified = await runCommand(world, ['verify'], { secondsMax: verifySecondsMax });
  say(`verify took ${verified.seconds.toFixed(1)} s, ${verified.peakMb.toFixed(0)} MB`);
  const restored = await backUpAndRestore(world, say);
  printReport({ options, grown, start, full, packed, looks, rates, verified, restored });
  const wrong = [verified, restored.backup, restored.restore, restored.verify].filter(({ ok }) => !ok);
  for (const { name, output } of wrong) console.error(`WRONG: ${name} says\n${output}`);
  return wrong.length === 0;
}

const verifySecondsMax = 3_600;

const lookText = ({ p50Ms, p99Ms, cpuUs }: Look) =>
  `${p50Ms.toFixed(2)} / ${p99Ms.toFixed(2)}; ${cpuUs.toFixed(0)}`;

/** As a holder has them, and in the database alone. */
interface BothWays {
  readonly door: Looks;
  readonly inside: Looks;
}

async function lookBothWays(world: World, pool: Pool): Promise<BothWays> {
  const door = await measureLooksThroughDoor(world);
  return { door, inside: await measureLooksInside(world, pool) };
}

const looksText = ({ door, inside }: BothWays) =>
  `balance ${lookText(door.balance)} (in the database ${lookText(inside.balance)}), ` +
  `first history page ${lookText(door.history)} (${lookText(inside.history)})`;

type Say = (line: string) => void;

interface Restored {
  readonly backup: CommandRun;
  readonly restore: CommandRun;
  readonly verify: CommandRun;
}

/** Into an empty database of the same server, and proved there. */
async function backUpAndRestore(world: World, say: Say): Promise<Restored> {
  const folder = join(world.dataDir, 'backup');
  const backup = await runCommand(world, ['backup', '--to', folder], { secondsMax: restoreSecondsMax });
  say(`backup took ${backup.seconds.toFixed(1)} s`);
  await world.owner.query('create database one_card_restored');
  const url = new URL(world.url);
  url.pathname = '/one_card_restored';
  const order = ['restore', '--from', folder, '--to-url', url.href];
  const restore = await runCommand(world, order, { secondsMax: restoreSecondsMax });
  say(`restore took ${restore.seconds.toFixed(1)} s`);
  const databaseUrl = url.href;
  const verify = await runCommand(world, ['verify'], { secondsMax: verifySecondsMax, databaseUrl });
  say(`verify of what was restored took ${verify.seconds.toFixed(1)} s`);
  return { backup, restore, verify };
}

const restoreSecondsMax = 3_600;

/** Partitions of closed days and loose indexes: more than there can be. */
const packedMax = 10_000;

/** As the service does by itself after a close: the closed days, and what has become loose of the register of keys. */
async function packClosedDays({ world, pool }: { world: World; pool: Pool }, say: Say): Promise<Disk> {
  await world.owner.query('analyze');
  const startedAtMs = performance.now();
  let packed = 0;
  while (packed < packedMax && (await packNext(pool)) !== null) packed += 1;
  const seconds = (performance.now() - startedAtMs) / 1_000;
  say(`${packed} partitions and indexes were packed in ${seconds.toFixed(1)} s`);
  return readDisk(world.owner);
}

interface Rates {
  readonly grown: Measured;
  readonly empty: Measured;
}

/** The grown town and a twin without a history in turn, under one load and in the same minutes. */
async function compareRates(
  { world, ours }: { world: World; ours: Ours },
  { rounds, windowSeconds: seconds }: GrowthOptions,
  say: Say,
): Promise<Rates> {
  const twin = await openTwin(world, 'one_card_twin');
  const twinOurs = await openOurs(twin);
  await twin.owner.query('vacuum analyze');
  await world.owner.query('checkpoint');
  const grown: Measured[] = [];
  const empty: Measured[] = [];
  const load = { inFlight: 512, seconds };
  await measureOurs(twin, twinOurs, load);
  for (let round = 1; round <= rounds; round++) {
    grown.push(await measureOurs(world, ours, load));
    empty.push(await measureOurs(twin, twinOurs, load));
    const rate = (of: Measured[]) => of.at(-1)?.perSecond.toFixed(0);
    say(`round ${round}: grown ${rate(grown)}/s, empty ${rate(empty)}/s`);
  }
  return { grown: medianOf(grown), empty: medianOf(empty) };
}

interface Report {
  readonly options: GrowthOptions;
  readonly grown: Grown;
  readonly start: { readonly disk: Disk; readonly looks: BothWays };
  readonly full: Disk;
  readonly packed: Disk;
  readonly looks: BothWays;
  readonly rates: Rates;
  readonly verified: CommandRun;
  readonly restored: Restored;
}

function printReport(report: Report): void {
  const { grown, start, full, packed, looks, rates, options } = report;
  const rateLine = (name: string, { perSecond, p50Ms, p99Ms, postgresUs, nodeUs }: Measured) =>
    `| ${name} | ${perSecond.toFixed(0)} | ${p50Ms.toFixed(0)} / ${p99Ms.toFixed(0)} | ${postgresUs.toFixed(0)} + ${nodeUs.toFixed(0)} |`;
  const lookLine = (name: string, { balance, history }: Looks) =>
    `| ${name} | ${lookText(balance)} | ${lookText(history)} |`;
  const lines = [
    '',
    `${grown.payments} payments over ${options.days} business days; the first day at ${grown.firstDayPerSecond.toFixed(0)}/s, the last at ${grown.lastDayPerSecond.toFixed(0)}/s; the slowest close took ${grown.slowestCloseMs.toFixed(0)} ms.`,
    '',
    '| 512 in flight, windows in turn | payments/s | p50 / p99 ms | CPU µs a payment: PostgreSQL + Node |',
    '|---|---|---|---|',
    rateLine('grown', rates.grown),
    rateLine('empty twin', rates.empty),
    '',
    '| looks | balance p50 / p99 ms; CPU µs of PostgreSQL | first history page p50 / p99 ms; CPU µs |',
    '|---|---|---|',
    lookLine('a holder, at the start', start.looks.door),
    lookLine('a holder, at the end', looks.door),
    lookLine('in the database alone, at the start', start.looks.inside),
    lookLine('in the database alone, at the end', looks.inside),
    '',
    ...diskLines({ start: start.disk, full, packed, payments: grown.payments }),
    '',
    ...barLines(barsOf(report)),
  ];
  console.log(lines.join('\n'));
}

function barsOf({ grown, start, packed, rates, verified, restored, looks }: Report): FoundBar[] {
  const bytes = (packed.bytes - start.disk.bytes) / grown.payments;
  const ratio = rates.grown.perSecond / rates.empty.perSecond;
  const slower = (name: string, way: keyof BothWays, what: keyof Looks) =>
    bar(`${name} against the start, p50`, looks[way][what].p50Ms / start.looks[way][what].p50Ms, {
      atMost: 1.25,
      unit: '×',
      digits: 2,
    });
  return [
    bar('rate against empty', ratio * 100, { atLeast: 85, unit: '%', digits: 1 }),
    bar('disk a payment, closed days packed', bytes, {
      atMost: 450,
      unit: 'bytes',
    }),
    slower('balance', 'door', 'balance'),
    slower('first history page', 'door', 'history'),
    slower('balance in the database alone', 'inside', 'balance'),
    slower('first history page in the database alone', 'inside', 'history'),
    bar('verify', verified.seconds, { atMost: 600, unit: 's' }),
    bar('restore', restored.restore.seconds, { atMost: 300, unit: 's' }),
    bar('memory of verify', verified.peakMb, { atMost: 512, unit: 'MB' }),
  ];
}

await runBench(() => bench(readOptions(process.argv.slice(2))));
