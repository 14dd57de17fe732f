import { z } from 'zod';
import { StartError } from './start-error.ts';

/** The settings of one instance. What is `undefined` has a default that is found at the start, not here. */
export type Config = {
  port: number;
  host: string;
  /** A file of listeners for terminals of ISO 8583. */
  posListeners: string | undefined;
  /** The port of the one listener that is there without such a file; undefined is 8583 with an embedded demonstration. */
  posPort: number | undefined;
  /** The address that people type, when it is not host and port: behind a proxy that speaks https. */
  publicUrl: string | undefined;
  /** The address from which that proxy connects: only it is believed when it says whom it speaks for. */
  proxyAddress: string | undefined;
  dataDir: string | undefined;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  masterKeyHex: string | undefined;
  /** Whether the demonstration is seeded; undefined is yes for the embedded database and no for any other. */
  demo: boolean | undefined;
  lanes: number;
  /** From so many requests under way on, more than one lane is used. */
  spreadFrom: number;
  groupSizeMax: number;
  queueLengthMax: number;
  requestTimeoutMs: number;
  /** So long it still answers after SIGTERM, so that a balancer sees that it is not ready. */
  drainSeconds: number;
  /** So far this machine's clock may be from the database's. */
  clockSkewMaxMs: number;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
};

/** A message says what is allowed and never what was given: a password in the wrong variable stays unseen. */
const schema = z.object({
  PORT: wholeNumber({ min: 0, max: 65_535, otherwise: 8080 }),
  HOST: text(/^[0-9A-Za-z.:-]{1,253}$/, 'a host name or an IP address').default('127.0.0.1'),
  POS_LISTENERS: text(/^\//, 'a file, from the root: /…').optional(),
  POS_PORT: givenNumber({ min: 0, max: 65_535 }).optional(),
  PUBLIC_URL: text(
    /^https?:\/\/[0-9A-Za-z.-]{1,253}(:\d{1,5})?\/?$/,
    'an address like https://card.example',
  ).optional(),
  PROXY_ADDRESS: z.union([z.ipv4(), z.ipv6()], 'an IP address').optional(),
  DATA_DIR: text(/^\//, 'a folder, from the root: /…').optional(),
  DATABASE_URL: text(/^postgres(ql)?:\/\/./, 'an address like postgresql://user@host/database').optional(),
  REDIS_URL: text(/^rediss?:\/\/./, 'an address like redis://host:6379').optional(),
  MASTER_KEY: text(/^[0-9a-fA-F]{64}$/, '64 hexadecimal digits').optional(),
  DEMO: z.enum(['yes', 'no'], 'yes or no').optional(),
  LANES: wholeNumber({ min: 1, max: 64, otherwise: 2 }),
  SPREAD_FROM: wholeNumber({ min: 0, max: 1_000_000, otherwise: 64 }),
  GROUP_SIZE_MAX: wholeNumber({ min: 1, max: 4096, otherwise: 512 }),
  QUEUE_LENGTH_MAX: wholeNumber({ min: 1, max: 1_000_000, otherwise: 8192 }),
  REQUEST_TIMEOUT_MS: wholeNumber({ min: 100, max: 120_000, otherwise: 10_000 }),
  DRAIN_SECONDS: wholeNumber({ min: 0, max: 300, otherwise: 5 }),
  CLOCK_SKEW_MAX_MS: wholeNumber({ min: 100, max: 60_000, otherwise: 1_000 }),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'debug, info, warn, error or silent')
    .default('info'),
});

/** Reads the settings from the environment that main hands in. Throws StartError with one sentence. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // An empty variable is how a shell or a compose file says "not set".
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new StartError(`${String(issue?.path[0])} must be ${issue?.message}.`);
  }
  const read = parsed.data;
  return {
    port: read.PORT,
    host: read.HOST,
    posListeners: read.POS_LISTENERS,
    posPort: read.POS_PORT,
    publicUrl: read.PUBLIC_URL,
    proxyAddress: read.PROXY_ADDRESS,
    dataDir: read.DATA_DIR,
    databaseUrl: read.DATABASE_URL,
    redisUrl: read.REDIS_URL,
    masterKeyHex: read.MASTER_KEY,
    demo: read.DEMO === undefined ? undefined : read.DEMO === 'yes',
    lanes: read.LANES,
    spreadFrom: read.SPREAD_FROM,
    groupSizeMax: read.GROUP_SIZE_MAX,
    queueLengthMax: read.QUEUE_LENGTH_MAX,
    requestTimeoutMs: read.REQUEST_TIMEOUT_MS,
    drainSeconds: read.DRAIN_SECONDS,
    clockSkewMaxMs: read.CLOCK_SKEW_MAX_MS,
    logLevel: read.LOG_LEVEL,
  };
}

/** The settings as they may be printed: addresses without user, password and query, the key only as set or not. */
export function describeConfig(config: Config): Record<keyof Config, string> {
  return {
    port: String(config.port),
    host: config.host,
    posListeners: config.posListeners ?? 'none',
    posPort: config.posPort === undefined ? 'with the embedded demonstration' : String(config.posPort),
    publicUrl: config.publicUrl ?? 'where it listens',
    proxyAddress: config.proxyAddress ?? 'none',
    dataDir: config.dataDir ?? 'default',
    databaseUrl: hostOf(config.databaseUrl) ?? 'embedded',
    redisUrl: hostOf(config.redisUrl) ?? 'none',
    masterKeyHex: config.masterKeyHex ? 'set' : 'from the data folder',
    demo: config.demo === undefined ? 'with the embedded database' : config.demo ? 'yes' : 'no',
    lanes: String(config.lanes),
    spreadFrom: String(config.spreadFrom),
    groupSizeMax: String(config.groupSizeMax),
    queueLengthMax: String(config.queueLengthMax),
    requestTimeoutMs: String(config.requestTimeoutMs),
    drainSeconds: String(config.drainSeconds),
    clockSkewMaxMs: String(config.clockSkewMaxMs),
    logLevel: config.logLevel,
  };
}

function hostOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (!URL.canParse(url)) return 'set';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function text(pattern: RegExp, allowed: string) {
  return z.string(allowed).regex(pattern, allowed);
}

function wholeNumber(limits: { min: number; max: number; otherwise: number }) {
  return givenNumber(limits).default(limits.otherwise);
}

function givenNumber(limits: { min: number; max: number }) {
  const allowed = `a whole number from ${limits.min} to ${limits.max}`;
  return z
    .string(allowed)
    .regex(/^\d{1,9}$/, allowed)
    .transform(Number)
    .refine((value) => value >= limits.min && value <= limits.max, allowed);
}
