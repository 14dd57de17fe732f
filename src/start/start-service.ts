import { httpApp } from '#channels/http/app.ts';
import { callNoter } from '#channels/http/calls/note-calls.ts';
import { type HttpServer, serveHttp } from '#channels/http/serve.ts';
import type { Listener } from '#channels/pos/listeners/listener.ts';
import { messageAnswerer } from '#channels/pos/message-answer.ts';
import { type Clearing, openClearing } from '#clearing/open.ts';
import { bindDemoAccounts } from '#demo/bank.ts';
import { seedBalances } from '#demo/seed.ts';
import { openFirstDay } from '#ledger/open-accounts.ts';
import { hainanDay } from '#platform/calendar.ts';
import { watchClock } from '#platform/clock/watch-clock.ts';
import type { Config } from '#platform/config.ts';
import { type Log, withRequestIds } from '#platform/log.ts';
import { createMetrics, type Metrics, measureProcess } from '#platform/metrics.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { migrate } from '#platform/schema/migrate.ts';
import type { Secrets } from '#platform/secrets.ts';
import { finishClosedDays } from '#settlement/seal-days.ts';
import { type Database, openDatabase } from './database.ts';
import { type DemoPlaces, seedDemo, startDemoPlaces } from './demo-places.ts';
import { errandParts, startSchedules } from './errands.ts';
import { httpParts } from './http-parts.ts';
import { claimDataSet, openBooksSecrets } from './identity.ts';
import { holderPages } from './pages/holder-pages.ts';
import { holderPorts } from './pages/holder-ports.ts';
import { partnerPages } from './pages/partner-pages.ts';
import { staffPages } from './pages/staff-pages.ts';
import { chooseListeners, type PosPort, servePosListeners } from './pos/listeners.ts';
import { posParts } from './pos/parts.ts';
import { openReadiness, type Readiness } from './readiness/readiness.ts';
import { openShield } from './redis.ts';
import { startWatch } from './watch/start-watch.ts';
import { watchLanes } from './watch-lanes.ts';

/** The running service, and how to stop it. */
export interface Service {
  readonly address: string;
  readonly database: Database;
  readonly secrets: Secrets;
  /** Whether a demonstration was seeded. */
  readonly demo: boolean;
  /** Where terminals of ISO 8583 are served. */
  readonly posPorts: readonly PosPort[];
  /** Stops at once: what is under way is answered. */
  stop(): Promise<void>;
  /** Is not ready any more, goes on answering until whoever sends traffic has seen that, and stops. */
  drain(): Promise<void>;
  /** Ends the waiting of `drain`. */
  hasten(): void;
}

const lookUpConnectionsMax = 8;
const reportConnectionsMax = 3;
const signInConnectionsMax = 2;
/** One reads the books, one claims, and one keeps what came of it. */
const webhookConnectionsMax = 3;
/** A holder waits for the bank: a debit and an inquiry, so long each at the most. */
const bankTimeoutMs = 3_000;

/** Starts everything in the order in which it depends on each other; what fails stops what was started. */
export async function startService(config: Config, log: Log): Promise<Service> {
  const started: Started = [];
  const stop = async () => {
    const failed: unknown[] = [];
    for (const undo of started.splice(0).reverse())
      await (async () => undo())().catch((error) => failed.push(error));
    if (failed.length > 0) throw failed[0];
  };
  try {
    const { readiness, server, ...running } = await startAll(config, log, started);
    const drain = async () => {
      server.drain();
      await readiness.drain();
      await stop();
    };
    return { ...running, stop, drain, hasten: readiness.hasten };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

type Started = (() => Promise<unknown> | unknown)[];

interface Running extends Omit<Service, 'stop' | 'drain' | 'hasten'> {
  readonly readiness: Readiness;
  readonly server: HttpServer;
}

async function startAll(config: Config, log: Log, started: Started): Promise<Running> {
  const listeners = chooseListeners(config);
  const database = await openDatabase(config);
  started.push(() => database.stop());
  database.watch(log);
  const secrets = await openBooksSecrets(config, database);
  const migrations = await migrate(database.url);
  if (migrations.length > 0)
    log.info('left for a start at which no instance of the version before runs', { migrations });
  const demo = config.demo ?? database.embedded;
  const places = demo ? await startDemoPlaces(database, secrets, { log, bankTimeoutMs }) : null;
  if (places !== null) started.push(() => places.stop());
  const pools = openPools(database.url, config, started);
  const metrics = createMetrics();
  measurePools(metrics, pools);
  // Before the first day is opened: a clock that is off would give it its date.
  const readiness = await watchReadiness({ config, pool: pools.pool, log, metrics }, started);
  const dataSetId = await prepareBooks(database.url, secrets, places);
  const common = { secrets, log, metrics };
  const clearing = await openLanes(
    { config, url: database.url, dataSetId, pool: pools.pool, ...common },
    started,
  );
  if (demo) {
    await seedBalances(clearing);
    await bindDemoAccounts(pools.pool, secrets);
  }
  // A day that cannot be sealed is for people to look at; terminals are served all the same.
  await finishClosedDays(pools.reports).catch((error) =>
    log.error('a closed day could not be sealed', { error }),
  );
  const requestLog = withRequestIds(log);
  const watch = startWatch({ url: database.url, ...config, log, metrics });
  started.push(() => watch.stop());
  const { webhookPrivateNetworks } = config;
  const errands = errandParts({
    ...{ clearing, ...pools, secrets, log: requestLog, bankTimeoutMs },
    webhookPrivateNetworks,
  });
  for (const schedule of startSchedules(errands, pools, secrets)) started.push(() => schedule.stop());
  const { publicUrl, proxyAddress } = config;
  const { whyNot: whyNotReady } = readiness;
  const parts = httpParts({ ...errands, ...pools, ...common, log: requestLog, proxyAddress, whyNotReady });
  const pages = holderPages({ ...parts, publicUrl, proxyAddress }, holderPorts(parts));
  const staff = staffPages(parts, { publicUrl, proxyAddress });
  const partners = partnerPages({ ...parts, publicUrl, proxyAddress });
  const mounts = [pages, staff, partners];
  const app = httpApp(parts, mounts);
  const { logRequests } = config;
  const note = callNoter({ log, logRequests });
  const server = await serveHttp(app, { ...config, note });
  started.push(() => server.stop());
  const pos = posParts(parts);
  const answererOf = (listener: Listener) => messageAnswerer(pos, listener);
  const posPorts = await servePosListeners(listeners, { answererOf, log, metrics }, started);
  const address = `http://${config.host}:${server.port}`;
  return { address, database, secrets, demo, posPorts, readiness, server };
}

/** An instance whose clock is wrong does not start; one whose clock goes wrong is not ready. */
async function watchReadiness(
  of: Pick<LanesOf, 'config' | 'pool' | 'log' | 'metrics'>,
  started: Started,
): Promise<Readiness> {
  const { config, pool, log, metrics } = of;
  const { clockSkewMaxMs: skewMaxMs, drainSeconds } = config;
  const clock = await watchClock({ session: sessionOf(pool), metrics, log, skewMaxMs, nowMs: Date.now });
  started.push(() => clock.stop());
  const nowMs = () => performance.now();
  return openReadiness({ drainMs: drainSeconds * 1_000, isClockWrong: clock.isWrong, nowMs });
}

function openPools(url: string, config: Config, started: Started) {
  const keep = (pool: Pool) => {
    started.push(() => pool.end());
    return pool;
  };
  return {
    pool: keep(openPool(url, lookUpConnectionsMax, config.requestTimeoutMs)),
    reports: keep(openPool(url, reportConnectionsMax)),
    signInPool: keep(openPool(url, signInConnectionsMax, config.requestTimeoutMs)),
    webhookPool: keep(openPool(url, webhookConnectionsMax)),
  };
}

function measurePools(metrics: Metrics, pools: Readonly<Record<'pool' | 'reports' | 'signInPool', Pool>>) {
  measureProcess(metrics);
  metrics.measurePool('lookups', pools.pool);
  metrics.measurePool('reports', pools.reports);
  metrics.measurePool('sign-ins', pools.signInPool);
}

interface LanesOf {
  readonly config: Config;
  readonly url: string;
  readonly dataSetId: string;
  readonly pool: Pool;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The one path, behind Redis where there is one. */
async function openLanes(of: LanesOf, started: Started): Promise<Clearing> {
  const { config, url, pool, log, metrics } = of;
  const shield = config.redisUrl === undefined ? null : openShield({ ...of, url: config.redisUrl });
  if (shield !== null) started.push(() => shield.close());
  const clearing = await openClearing({
    ...config,
    url,
    pool,
    groupTimeoutMs: config.requestTimeoutMs,
    watch: watchLanes(metrics, log, shield?.keep),
    ...(shield === null ? {} : { recall: shield.recall }),
  });
  started.push(() => clearing.close());
  return clearing;
}

/** What only the books' owner may do, before the service takes its smaller role. Gives the data set's id. */
async function prepareBooks(url: string, secrets: Secrets, places: DemoPlaces | null): Promise<string> {
  const owner = openOwnerPool(url);
  try {
    const session = sessionOf(owner);
    const dataSetId = await claimDataSet(session, secrets);
    await openFirstDay(session, hainanDay(Date.now()));
    if (places !== null) await seedDemo(owner, secrets, places);
    return dataSetId;
  } finally {
    await owner.end();
  }
}
