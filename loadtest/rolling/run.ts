import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Figures, figuresOf, isGood } from '#loadtest/chaos/report.ts';
import { startPostgres } from '#loadtest/chaos/servers/postgres.ts';
import type { Ground } from '#loadtest/chaos/world.ts';
import type { TerminalClient } from '#testing/terminal-client.ts';
import { makeNextVersion } from './next-version.ts';
import type { RollingOptions } from './options.ts';
import { sampleProblems, writeSample } from './sample-migration.ts';
import { startRollingTraffic } from './traffic.ts';
import { payUnderMigration, type UnderMigration } from './under-migration.ts';
import { keep, openRollingWorld, places, type RollingWorld } from './world.ts';

export interface RollingTools {
  readonly wire: TerminalClient;
  readonly ground: Ground;
  readonly say: (line: string) => void;
}

export interface RollingResult {
  readonly migration: UnderMigration;
  readonly figures: Figures;
  readonly restarts: number;
  /** Instances that came back as the next version, with a migration. */
  readonly upgraded: number;
  readonly unanswered: Readonly<Record<string, number>>;
  readonly isGood: boolean;
}

/** Longer than the balancer needs to see that an instance is not ready. */
const drainSeconds = 2;
const before = { short: 20_000, usual: 200_000 };
const settleMs = 500;

/** First a migration while payments go on, then instances restarted and upgraded one after the other under traffic. */
export async function runRolling(options: RollingOptions, tools: RollingTools): Promise<RollingResult> {
  const { ground, say, wire } = tools;
  const postgres = await keep(ground, () => startPostgres(join(ground.folder, 'postgres')));
  const migration = await measureMigration(options, tools, postgres.url);
  const world = await openRollingWorld(ground, { databaseUrl: postgres.url, drainSeconds });
  say(`two instances are up behind HAProxy at ${world.address}, and tcp 127.0.0.1:${world.posPort}`);
  const traffic = startRollingTraffic({ world, booksUrl: postgres.url, wire, ground, options });
  const restarted = await restartInTurn(world, options, tools);
  say('the restarts are over: what is open is asked for until it is answered');
  const result = await traffic.finish();
  const figures = figuresOf({ ...result, options, faults: new Map([['restart', restarted.restarts]]) });
  const problems = [...migration.problems, ...(await migrationProblems(postgres.url))];
  const alarms = Object.keys(figures.logged).filter((line) => line.startsWith('the books are wrong'));
  figures.problems.push(...problems, ...alarms.map((line) => `an instance logged: ${line}`));
  return {
    ...{ migration, figures, ...restarted },
    unanswered: Object.fromEntries(traffic.unanswered),
    isGood: isGood(figures) && restarted.upgraded === world.services.length,
  };
}

/** In a database of its own on the same server. */
async function measureMigration(
  { isShort }: RollingOptions,
  { ground, say }: RollingTools,
  serverUrl: string,
): Promise<UnderMigration> {
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query('create database migrated');
  const url = new URL(serverUrl);
  url.pathname = '/migrated';
  const count = isShort ? before.short : before.usual;
  say(
    `${count.toLocaleString('en-US')} payments, then a migration of their table while others pay and a report reads`,
  );
  const folder = writeSample(join(ground.folder, 'sample'));
  const found = await payUnderMigration({ url: url.href, folder, before: count });
  await admin.query('drop database migrated with (force)');
  await admin.end();
  say(
    `migrated in ${found.migrationMs} ms; longest wait of a payment ${found.during.longestMs} ms, before ${found.normal.longestMs} ms`,
  );
  return found;
}

/** One after the other, again and again; from the third restart on with the next version. */
async function restartInTurn(
  world: RollingWorld,
  { seconds }: RollingOptions,
  { ground, say }: RollingTools,
): Promise<{ restarts: number; upgraded: number }> {
  const next = makeNextVersion(join(ground.folder, 'next'));
  const untilMs = performance.now() + seconds * 1_000;
  const plainRestarts = world.services.length;
  const upgraded = new Set<string>();
  let restarts = 0;
  while (performance.now() < untilMs || upgraded.size < world.services.length) {
    const turn = world.services[restarts % world.services.length];
    if (turn === undefined) throw new RangeError('there is no instance');
    const { service, upgrade } = turn;
    const isUpgrade = restarts >= plainRestarts && !upgraded.has(service.name);
    if (isUpgrade) {
      upgrade(next);
      upgraded.add(service.name);
    }
    const startedAtMs = performance.now();
    await service.restart('SIGTERM');
    restarts += 1;
    const ms = Math.round(performance.now() - startedAtMs);
    say(`${service.name} ${isUpgrade ? 'upgraded, with a migration' : 'restarted'}: ${ms} ms`);
    for (const place of Object.values(places)) await world.balancer.sees(place, service.name, 'UP');
    await sleep(settleMs);
  }
  return { restarts, upgraded: upgraded.size };
}

async function migrationProblems(url: string): Promise<string[]> {
  const books = new pg.Client({ connectionString: url });
  await books.connect();
  try {
    return await sampleProblems(books);
  } finally {
    await books.end();
  }
}
