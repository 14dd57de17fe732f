import { join } from 'node:path';
import { openSignInDesk } from '#access/sign-in/desk.ts';
import { cardResolver } from '#cards/resolve.ts';
import { httpApp } from '#channels/http/app.ts';
import { serveHttp } from '#channels/http/serve.ts';
import { scheduleLoadOrders } from '#channels/schedule/drive-load-orders.ts';
import { scheduleReferenceRefresh } from '#channels/schedule/refresh-reference.ts';
import { scheduleCardSweep } from '#channels/schedule/sweep-cards.ts';
import { scheduleHoldSweep } from '#channels/schedule/sweep-holds.ts';
import { scheduleSignInSweep } from '#channels/schedule/sweep-sign-ins.ts';
import type { LaneOptions } from '#clearing/lane/lane-options.ts';
import { type Clearing, openClearing } from '#clearing/open.ts';
import type { Recall } from '#clearing/recall.ts';
import { bindDemoAccounts, connectDemoBank, demoBank, demoBankKey } from '#demo/bank.ts';
import { seedBalances, seedReference } from '#demo/seed.ts';
import { seedSignIns } from '#demo/seed-sign-ins.ts';
import { openFirstDay } from '#ledger/open-accounts.ts';
import { httpBank } from '#load-orders/bank/http-bank.ts';
import type { LoadOrderParts } from '#load-orders/parts.ts';
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
import { startStandInBank } from './stand-in-bank.ts';

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
/** A flood of guesses waits for these two, and never for those that payments need. */
const signInConnectionsMax = 2;
const rememberedCardsMax = 1_000_000;
/** A holder waits for the bank: a debit and an inquiry, so long each at the most. */
const bankTimeoutMs = 3_000;
const demoBankTerms = { lateMs: 2 * bankTimeoutMs, balanceFen: 10_000_000 };

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
  const bankAddress = demo ? await startDemoBank(database, secrets, started) : null;
  const dataSetId = await prepareBooks(database.url, { secrets, demo, bankAddress });
  const pool = openPool(database.url, lookUpConnectionsMax, config.requestTimeoutMs);
  started.push(() => pool.end());
  const reports = openPool(database.url, reportConnectionsMax);
  started.push(() => reports.end());
  const signInPool = openPool(database.url, signInConnectionsMax, config.requestTimeoutMs);
  started.push(() => signInPool.end());
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
  const loadOrders = { pool, clearing, secrets, log, connect: httpBank, bankTimeoutMs };
  if (demo) {
    await seedBalances(clearing);
    await bindDemoAccounts(pool, secrets);
  }
  // A day that cannot be sealed is for people to look at; terminals are served all the same.
  await finishClosedDays(reports).catch((error) => log.error('a closed day could not be sealed', { error }));
  const sweep = scheduleHoldSweep(pool, log);
  started.push(() => sweep.stop());
  const cardSweep = scheduleCardSweep(pool, log);
  started.push(() => cardSweep.stop());
  const refresh = scheduleReferenceRefresh(clearing.reference, log);
  started.push(() => refresh.stop());
  const signInSweep = scheduleSignInSweep(signInPool, log);
  started.push(() => signInSweep.stop());
  const orders = scheduleLoadOrders(loadOrders);
  started.push(() => orders.stop());
  const app = httpApp(httpParts({ clearing, loadOrders, pool, reports, signInPool, secrets, log, metrics }));
  const server = await serveHttp(app, config);
  started.push(() => server.stop());
  return { address: `http://${config.host}:${server.port}`, database, secrets, demo };
}

/** The demonstration's bank: a process of its own, stopped with the service; its books are kept with the data. */
async function startDemoBank(database: Database, secrets: Secrets, started: Started): Promise<string> {
  const journal = database.embedded ? { journal: join(database.dataDir, 'stand-in-bank.jsonl') } : {};
  const { clientId } = demoBank;
  const bank = await startStandInBank({ ...demoBankTerms, ...journal, key: demoBankKey(secrets), clientId });
  started.push(() => bank.stop());
  return bank.address;
}

/** What only the books' owner may do, before the service takes its smaller role. */
async function prepareBooks(
  url: string,
  {
    secrets,
    demo,
    bankAddress,
  }: { readonly secrets: Secrets; readonly demo: boolean; readonly bankAddress: string | null },
): Promise<string> {
  const owner = openOwnerPool(url);
  try {
    const session = sessionOf(owner);
    const dataSetId = await claimDataSet(session, secrets);
    await openFirstDay(session, hainanDay(Date.now()));
    if (demo) {
      await seedReference(session, secrets);
      await seedSignIns(owner, secrets);
    }
    if (bankAddress !== null) await connectDemoBank(session, secrets, bankAddress);
    return dataSetId;
  } finally {
    await owner.end();
  }
}

interface Running {
  readonly clearing: Clearing;
  readonly loadOrders: LoadOrderParts;
  readonly pool: Pool;
  readonly reports: Pool;
  readonly signInPool: Pool;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly metrics: Metrics;
}

function httpParts({ clearing, loadOrders, pool, reports, signInPool, secrets, log, metrics }: Running) {
  const session = sessionOf(pool);
  return {
    clearing,
    loadOrders,
    pool,
    secrets,
    reports,
    session,
    signIns: openSignInDesk({ pool: signInPool, secrets }),
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
