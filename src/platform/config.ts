import { z } from 'zod';
import { StartError } from './start-error.ts';

/** One setting: its name in the environment, what it accepts, and what people are told about it. */
interface Word<S extends z.ZodType = z.ZodType> {
  readonly name: string;
  /** A message says what is allowed and never what was given: a password in the wrong variable stays unseen. */
  readonly schema: S;
  /** The line of the README's table. */
  readonly what: string;
  /** What stands there as the default: for a word that is found at the start, where it is found. */
  readonly otherwise: string;
  /** How a value that is set may be printed; without it as it is. */
  readonly printed?: (value: string) => string;
}

/** The settings of one instance, in the order of the README. What is `undefined` has a default that is found at the start. */
const words = {
  port: word({
    name: 'PORT',
    schema: wholeNumber({ min: 0, max: 65_535, otherwise: 8080 }),
    what: 'where HTTP listens; 0 is any port that is free',
    otherwise: '8080',
  }),
  host: word({
    name: 'HOST',
    schema: text(/^[0-9A-Za-z.:-]{1,253}$/, 'a host name or an IP address').default('127.0.0.1'),
    what: 'the address on which HTTP listens: `0.0.0.0` for others too',
    otherwise: '127.0.0.1',
  }),
  posListeners: word({
    name: 'POS_LISTENERS',
    schema: text(/^\//, 'a file, from the root: /…').optional(),
    what: 'a file of listeners for ISO 8583 terminals, from the root (below)',
    otherwise: 'none',
  }),
  posPort: word({
    name: 'POS_PORT',
    schema: givenNumber({ min: 0, max: 65_535 }).optional(),
    what: 'where there is no such file: the port, on `HOST`, of one listener for UnionPay terminals',
    otherwise: '8583 with an embedded demonstration, else none',
  }),
  publicUrl: word({
    name: 'PUBLIC_URL',
    schema: text(
      /^https?:\/\/[0-9A-Za-z.-]{1,253}(:\d{1,5})?\/?$/,
      'an address like https://card.example',
    ).optional(),
    what: 'the address people type, when a proxy speaks https for us: `https://card.example`; cookies are then secure',
    otherwise: 'where it listens',
  }),
  proxyAddress: word({
    name: 'PROXY_ADDRESS',
    schema: z.union([z.ipv4(), z.ipv6()], 'an IP address').optional(),
    what: 'the IP address from which that proxy connects: it alone is believed when it names the client (the last of `X-Forwarded-For`); without it everybody behind the proxy shares the 30 sign-ins a minute of one address',
    otherwise: 'none',
  }),
  databaseUrl: word({
    name: 'DATABASE_URL',
    schema: text(/^postgres(ql)?:\/\/./, 'an address like postgresql://user@host/database').optional(),
    what: 'a PostgreSQL 15 or newer instead of our own; its user must be able to create the role `one_card_app`',
    otherwise: 'embedded',
    printed: hostOf,
  }),
  redisUrl: word({
    name: 'REDIS_URL',
    schema: text(/^rediss?:\/\/./, 'an address like redis://host:6379').optional(),
    what: 'a Redis as shield against retry storms; without one nothing is missing',
    otherwise: 'none',
    printed: hostOf,
  }),
  dataDir: word({
    name: 'DATA_DIR',
    schema: text(/^\//, 'a folder, from the root: /…').optional(),
    what: 'an absolute path: data, generated keys; as root in a closed home `/var/lib/one-card/…` (printed at the start)',
    otherwise: '`data` in the project',
  }),
  masterKeyHex: word({
    name: 'MASTER_KEY',
    schema: text(/^[0-9a-fA-F]{64}$/, '64 hexadecimal digits').optional(),
    what: '64 hex digits; all instances of one database need the same',
    otherwise: 'generated into the data folder',
    printed: () => 'set',
  }),
  /** Undefined is yes for the embedded database and no for any other. */
  demo: word({
    name: 'DEMO',
    schema: yesOrNo().optional(),
    what: '`yes` or `no`: whether the demonstration is seeded',
    otherwise: 'with the embedded database',
  }),
  lanes: word({
    name: 'LANES',
    schema: wholeNumber({ min: 1, max: 64, otherwise: 2 }),
    what: 'sessions that clear at the same time; 64 over all instances',
    otherwise: '2',
  }),
  spreadFrom: word({
    name: 'SPREAD_FROM',
    schema: wholeNumber({ min: 0, max: 1_000_000, otherwise: 64 }),
    what: 'requests under way from which on more than one lane is used: a group has its price whatever its size',
    otherwise: '64',
  }),
  groupSizeMax: word({
    name: 'GROUP_SIZE_MAX',
    schema: wholeNumber({ min: 1, max: 4096, otherwise: 512 }),
    what: 'requests in a group',
    otherwise: '512',
  }),
  queueLengthMax: word({
    name: 'QUEUE_LENGTH_MAX',
    schema: wholeNumber({ min: 1, max: 1_000_000, otherwise: 8192 }),
    what: 'requests waiting per lane; the next is told to come again',
    otherwise: '8192',
  }),
  requestTimeoutMs: word({
    name: 'REQUEST_TIMEOUT_MS',
    schema: wholeNumber({ min: 100, max: 120_000, otherwise: 10_000 }),
    what: 'how long a request waits, and how long a group may take',
    otherwise: '10000',
  }),
  drainSeconds: word({
    name: 'DRAIN_SECONDS',
    schema: wholeNumber({ min: 0, max: 300, otherwise: 5 }),
    what: 'so long it still answers after SIGTERM, so that a balancer sees that it is not ready',
    otherwise: '5',
  }),
  clockSkewMaxMs: word({
    name: 'CLOCK_SKEW_MAX_MS',
    schema: wholeNumber({ min: 100, max: 60_000, otherwise: 1_000 }),
    what: "so far this machine's clock may be from the database's; beyond it an instance does not start, or is not ready",
    otherwise: '1000',
  }),
  watchSeconds: word({
    name: 'WATCH_SECONDS',
    schema: wholeNumber({ min: 1, max: 3_600, otherwise: 15 }),
    what: 'how often the running books are looked at, over all instances: balances, holds, day totals and chains (less often where a look takes more than a twentieth of that)',
    otherwise: '15',
  }),
  webhookPrivateNetworks: word({
    name: 'WEBHOOK_PRIVATE_NETWORKS',
    schema: yesOrNo().default(false),
    what: '`yes` or `no`: whether webhooks may go into private networks and over plain http, as when one tries them out',
    otherwise: 'no',
  }),
  logLevel: word({
    name: 'LOG_LEVEL',
    schema: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'], 'debug, info, warn, error or silent')
      .default('info'),
    what: '`debug`, `info`, `warn`, `error` or `silent`: JSON lines on stderr, every field masked; stdout is for people',
    otherwise: 'info',
  }),
  logRequests: word({
    name: 'LOG_REQUESTS',
    schema: yesOrNo().default(false),
    what: '`yes`: a line for each HTTP request, with its id, route, status and time (without it they are lines of `debug`)',
    otherwise: 'no',
  }),
};

/** The settings of one instance: each word above under its short name. */
export type Config = { [Key in keyof typeof words]: z.output<(typeof words)[Key]['schema']> };

/** What people are told about each setting, in the order of the README: name, default, what it does. */
export const configWords: readonly Omit<Word, 'printed'>[] = Object.values(words);

/** Reads the settings from the environment that main hands in. Throws StartError with one sentence. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  return eachWord(({ name, schema }) => {
    // An empty variable is how a shell or a compose file says "not set".
    const parsed = schema.safeParse(env[name] === '' ? undefined : env[name]);
    if (!parsed.success) throw new StartError(`${name} must be ${parsed.error.issues[0]?.message}.`);
    return parsed.data;
  }) as Config;
}

/** The settings as they may be printed: addresses without user, password and query, the key only as set or not. */
export function describeConfig(config: Config): Record<keyof Config, string> {
  return eachWord(({ otherwise, printed }, key) => {
    const value = config[key];
    if (value === undefined) return otherwise.replaceAll('`', '');
    if (typeof value === 'boolean') return value ? 'yes' : 'no';
    return printed === undefined ? String(value) : printed(String(value));
  });
}

function eachWord<T>(make: (word: Word, key: keyof Config) => T): Record<keyof Config, T> {
  const keys = Object.keys(words) as (keyof Config)[];
  return Object.fromEntries(keys.map((key) => [key, make(words[key], key)])) as Record<keyof Config, T>;
}

function word<S extends z.ZodType>(made: Word<S>): Word<S> {
  return made;
}

function hostOf(url: string): string {
  if (!URL.canParse(url)) return 'set';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function text(pattern: RegExp, allowed: string) {
  return z.string(allowed).regex(pattern, allowed);
}

function yesOrNo() {
  return z.enum(['yes', 'no'], 'yes or no').transform((value) => value === 'yes');
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
