import { cardResolver } from '#cards/resolve.ts';
import { httpApp } from '#channels/http/app.ts';
import { serveHttp } from '#channels/http/serve.ts';
import { schedulePayments } from '#channels/schedule/pay-batches.ts';
import { scheduleReferenceRefresh } from '#channels/schedule/refresh-reference.ts';
import { scheduleHoldSweep } from '#channels/schedule/sweep-holds.ts';
import type { LaneOptions } from '#clearing/lane/lane-options.ts';
import { type Clearing, openClearing } from '#clearing/open.ts';
import type { Recall } from '#clearing/recall.ts';
import { seedBalances, seedReference } from '#demo/seed.ts';
import { openFirstDay } from '#ledger/open-accounts.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Config } from '#platform/config.ts';
import type { Log } from '#platform/log.ts';
import { createMetrics, type Metrics } from '#platform/metrics.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { migrate } from '#platform/schema/migrate.ts';
import { openSecrets, type Secrets } from '#platform/secrets.ts';
import { finishClosedDays } from '#settlement/seal-days.ts';
import { terminalGate } from '#terminals/authenticate.ts';
import { type Database, openDatabase } from './database.ts';
import { claimDataSet } from './identity.ts';
import { openShield } from './redis.ts';

/** The running service, and how to stop it. */
export interface Service {
  readonly address: string;
  readonly database: Database;
  readonly secrets: Secrets;
  /** Whether a demonstration was seeded. */
  readonly demo: boolean;
  stop(): Promise<void>;
}

const lookUpConnectionsMax = 8;
const reportConnectionsMax = 3;
const rememberedCardsMax = 1_000_000;

/** Starts everything in the order in which it depends on each other; what fails stops what was started. */
export async function startService(config: Config, log: Log): Promise<Service> {
  const started: (() => Promise<unknown> | unknown)[] = [];
  const stop = async () => {
    const failed: unknown[] = [];
    for (const undo of started.splice(0).reverse())
      await (async () => undo())().catch((error) => failed.push(error));
    if (failed.length > 0) throw failed[0];
  };
  try {
    return { ...(await startAll(config, log, started)), stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

type Started = (() => Promise<unknown> | unknown)[];

async function startAll(config: Config, log: Log, started: Started): Promise<Omit<Service, 'stop'>> {
  const database = await openDatabase(config);
  started.push(() => database.stop());
  database.watch(log);
  await migrate(database.url);
  const secrets = openSecrets({ masterKeyHex: config.masterKeyHex, dataDir: database.dataDir });
  const demo = config.demo ?? database.embedded;
  const dataSetId = await prepareBooks(database.url, { secrets, demo });
  const pool = openPool(database.url, lookUpConnectionsMax, config.requestTimeoutMs);
  started.push(() => pool.end());
  const reports = openPool(database.url, reportConnectionsMax);
  started.push(() => reports.end());
  const metrics = createMetrics();
  const shield =
    config.redisUrl === undefined
      ? null
      : openShield({ url: config.redisUrl, dataSetId, secrets, log, metrics });
  if (shield !== null) started.push(() => shield.close());
  const clearing = await openClearing({
    ...config,
    url: database.url,
    pool,
    groupTimeoutMs: config.requestTimeoutMs,
    watch: watchLanes(metrics, log, shield?.keep),
    ...(shield === null ? {} : { recall: shield.recall }),
  });
  started.push(() => clearing.close());
  if (demo) await seedBalances(clearing);
  // A day that cannot be sealed is for people to look at; terminals are served all the same.
  await finishClosedDays(reports).catch((error) => log.error('a closed day could not be sealed', { error }));
  const sweep = scheduleHoldSweep(pool, log);
  started.push(() => sweep.stop());
  const refresh = scheduleReferenceRefresh(clearing.reference, log);
  started.push(() => refresh.stop());
  const payments = schedulePayments({ pool: reports, clearing }, log);
  started.push(() => payments.stop());
  const app = httpApp(httpParts({ clearing, pool, reports, secrets, log, metrics }));
  const server = await serveHttp(app, config);
  started.push(() => server.stop());
  return { address: `http://${config.host}:${server.port}`, database, secrets, demo };
}

/** What only the books' owner may do, before the service takes its smaller role. */
async function prepareBooks(
  url: string,
  { secrets, demo }: { readonly secrets: Secrets; readonly demo: boolean },
): Promise<string> {
  const owner = openOwnerPool(url);
  try {
    const session = sessionOf(owner);
    const dataSetId = await claimDataSet(session, secrets);
    await openFirstDay(session, hainanDay(Date.now()));
    if (demo) await seedReference(session, secrets);
    return dataSetId;
  } finally {
    await owner.end();
  }
}

interface Running {
  readonly clearing: Clearing;
  readonly pool: Pool;
  readonly reports: Pool;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly metrics: Metrics;
}

function httpParts({ clearing, pool, reports, secrets, log, metrics }: Running) {
  const session = sessionOf(pool);
  return {
    clearing,
    reports,
    session,
    log,
    metrics,
    gate: terminalGate({
      terminals: () => clearing.reference.current().terminals,
      open: secrets.open,
      nowMs: Date.now,
    }),
    resolveCard: cardResolver({
      session,
      digest: secrets.cardNumberDigest,
      rememberedMax: rememberedCardsMax,
    }),
  };
}

function watchLanes(metrics: Metrics, log: Log, keep: Recall['keep'] | undefined): LaneOptions['watch'] {
  return {
    groupCleared: ({ size, durationMs, requests, decisions }) => {
      metrics.groupSize.observe(size);
      metrics.groupDurationSeconds.observe(durationMs / 1000);
      for (const decision of decisions) {
        if (decision.status !== 'decided') continue;
        if (decision.replay) metrics.replays.inc();
        else metrics.decided.inc({ outcome: decision.refusal ?? 'approved' });
      }
      keep?.(requests, decisions);
    },
    answeredEarly: (why, count) => (why === 'busy' ? metrics.busy : metrics.replays).inc(count),
    groupRunAgain: (reason) => {
      metrics.reruns.inc();
      log.info('a group runs again', { reason });
    },
    fault: (error) => log.error('a group failed', { error }),
  };
}
