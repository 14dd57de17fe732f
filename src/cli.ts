import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { openApiDocument } from '#channels/http/openapi.ts';
import { readConfig } from '#platform/config.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.ts';
import { makeFolder } from '#platform/files/make-folder.ts';
import { metricsTable } from '#platform/metrics/table.ts';
import { createMetrics, measureProcess } from '#platform/metrics.ts';
import { migrate } from '#platform/schema/migrate.ts';
import { dumpSchema } from '#platform/schema/schema-dump.ts';
import { StartError } from '#platform/start-error.ts';
import { addStaffByHand } from '#start/commands/add-staff.ts';
import { archiveDays, keptYearsDefault } from '#start/commands/books/archive-days.ts';
import { backupBooks } from '#start/commands/books/backup-books.ts';
import { restoreBooks } from '#start/commands/books/restore-books.ts';
import { type Told, verifyBooks } from '#start/commands/books/verify-books.ts';
import { issueCardsFile } from '#start/commands/issue-cards-file.ts';
import { setTerminalKey } from '#start/commands/set-terminal-key.ts';
import { writeConfigTable } from '#start/commands/write-config-table.ts';
import { sayShardingOf } from '#start/sharding/say-sharding.ts';

const root = join(import.meta.dirname, '..');

/** What a person may ask for, by its name; each gives the exit code. */
const commands: Readonly<
  Record<string, { what: string; run: (args: readonly string[]) => Promise<number> }>
> = {
  issue: {
    what: 'issues the cards of a CSV file; given again, it goes on where it stopped',
    run: issueCommand,
  },
  verify: {
    what: '[--archive FOLDER]: recomputes the books, and the files of archived days, and names the first row that is wrong',
    run: verifyCommand,
  },
  backup: { what: '--to FOLDER: writes the books into a new folder, beside the service', run: backupCommand },
  restore: {
    what: '--from FOLDER --data-dir FOLDER | --to-url URL [--verify]: loads a backup into an empty database',
    run: restoreCommand,
  },
  archive: {
    what: '--before DATE [--kept-years 5]: moves old sealed days into files; --restore DATE brings the last one back',
    run: archiveCommand,
  },
  openapi: { what: 'writes the interface to fixtures/openapi.json', run: writeInterface },
  staff: { what: 'add NAME ROLE: adds a member of staff and shows the first sign-in', run: addStaffCommand },
  'terminal-key': {
    what: 'TERMINAL: makes the master key of a POS terminal and shows its two components, once',
    run: terminalKeyCommand,
  },
  schema: { what: 'writes what the migrations add up to to drizzle/schema.sql', run: writeSchema },
  sharding: {
    what: '[--write]: whether the tables could be spread over machines; writes drizzle/citus.sql',
    run: shardingCommand,
  },
  'metrics-table': {
    what: 'writes what is measured, and what it means, to fixtures/metrics.md',
    run: writeMetrics,
  },
  'config-table': { what: 'writes the table of settings into README.md', run: writeSettings },
};

const told: Told = {
  say: (text) => process.stdout.write(text),
  progress: { write: (text) => process.stderr.write(text), redraws: process.stderr.isTTY === true },
};

/** Ends with 1 when a row is wrong. */
async function verifyCommand(args: readonly string[]): Promise<number> {
  const usage = '用法 Say: npm run verify [-- --archive FOLDER]';
  const { archive } = readOrder(args, { archive: { type: 'string' } } as const, usage);
  const folder = archive === undefined ? undefined : fromWhereTheyStand(archive);
  return (await verifyBooks(readConfig(process.env), told, folder)) ? 0 : 1;
}

/** Ends with 1 when a line was not issued. */
async function issueCommand([file, ...rest]: readonly string[]): Promise<number> {
  if (file === undefined || rest.length > 0) throw new StartError('npm run issue -- FILE.csv');
  return (await issueCardsFile(readConfig(process.env), fromWhereTheyStand(file), told)) ? 0 : 1;
}

const archiveUsage =
  '用法 Say: npm run archive -- --before DATE [--kept-years 5] [--folder DIR], or --restore DATE [--folder DIR]';

async function archiveCommand(args: readonly string[]): Promise<number> {
  const options = {
    before: { type: 'string' },
    restore: { type: 'string' },
    folder: { type: 'string', default: 'archive' },
    'kept-years': { type: 'string', default: String(keptYearsDefault) },
  } as const;
  const values = readOrder(args, options, archiveUsage);
  const folder = fromWhereTheyStand(values.folder);
  const keptYears = Number(values['kept-years']);
  const { before = '', restore = '' } = values;
  if (isDay(before) === isDay(restore) || !Number.isInteger(keptYears) || keptYears < 1)
    throw new StartError(archiveUsage);
  const order = isDay(restore) ? { restore, folder } : { before, folder, keptYears };
  await archiveDays(readConfig(process.env), order, told.say);
  return 0;
}

/** Written as a day; whether there is such a one the command says. */
const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text);

/** Says what a member of staff signs in with for the first time: once, and only here. */
async function addStaffCommand(): Promise<number> {
  const [verb, name = '', role = ''] = process.argv.slice(3);
  if (verb !== 'add') throw new StartError('Say: npm run staff -- add NAME ROLE');
  process.stdout.write(await addStaffByHand(readConfig(process.env), name, role));
  return 0;
}

/** Says what two people type into a terminal: once, and only here. */
async function terminalKeyCommand(args: readonly string[]): Promise<number> {
  const { terminal, algorithm, replace } = readTerminalKeyOrder(args);
  process.stdout.write(await setTerminalKey(readConfig(process.env), { terminal, algorithm, replace }));
  return 0;
}

function readTerminalKeyOrder(args: readonly string[]) {
  const options = {
    algorithm: { type: 'string', default: '3des' },
    replace: { type: 'boolean', default: false },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [terminal, ...more] = positionals;
    if (terminal !== undefined && more.length === 0) return { ...values, terminal };
  } catch {
    // An option that there is not, or one without its value: what may be said follows.
  }
  throw new StartError('Say: npm run terminal-key -- TERMINAL [--algorithm 3des|sm4] [--replace]');
}

async function backupCommand(args: readonly string[]): Promise<number> {
  const usage = 'Say: npm run backup -- --to FOLDER';
  const { to } = readOrder(args, { to: { type: 'string' } } as const, usage);
  if (to === undefined) throw new StartError(usage);
  await backupBooks(readConfig(process.env), fromWhereTheyStand(to), told);
  return 0;
}

/** Ends with 1 when the books were verified and are wrong. */
async function restoreCommand(args: readonly string[]): Promise<number> {
  const usage = 'Say: npm run restore -- --from FOLDER --data-dir FOLDER | --to-url URL [--verify]';
  const options = {
    from: { type: 'string' },
    'to-url': { type: 'string' },
    'data-dir': { type: 'string' },
    verify: { type: 'boolean', default: false },
  } as const;
  const { from, 'to-url': url, 'data-dir': dataDir, verify } = readOrder(args, options, usage);
  if (from === undefined || (url === undefined) === (dataDir === undefined)) throw new StartError(usage);
  const folder = fromWhereTheyStand(from);
  const place = dataDir === undefined ? undefined : fromWhereTheyStand(dataDir);
  return (await restoreBooks(readConfig(process.env), { folder, url, dataDir: place, verify }, told)) ? 0 : 1;
}

function readOrder<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T, usage: string) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new StartError(usage, { cause: error });
  }
}

/** npm runs its scripts in the project's folder; a file is named from where the person stands. */
function fromWhereTheyStand(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', path);
}

async function writeInterface(): Promise<number> {
  const file = join(root, 'fixtures/openapi.json');
  writeFileSync(file, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
  return 0;
}

async function writeSettings(): Promise<number> {
  writeConfigTable(join(root, 'README.md'));
  return 0;
}

async function writeMetrics(): Promise<number> {
  const metrics = createMetrics();
  measureProcess(metrics);
  writeFileSync(join(root, 'fixtures/metrics.md'), await metricsTable(metrics.registry));
  return 0;
}

async function writeSchema(): Promise<number> {
  await onFreshDatabase(async (url) =>
    writeFileSync(join(root, 'drizzle/schema.sql'), await dumpSchema(url)),
  );
  return 0;
}

/** Ends with 1 when the tables could not be spread over machines as they are. */
async function shardingCommand(args: readonly string[]): Promise<number> {
  const write = args.length === 1 && args[0] === '--write';
  if (args.length > 0 && !write) throw new StartError('npm run check:sharding -- [--write]');
  const { databaseUrl } = readConfig(process.env);
  const told = (url: string) => sayShardingOf(url, { script: join(root, 'drizzle/citus.sql'), write });
  const { text, isGood } = await (databaseUrl === undefined ? onFreshDatabase(told) : told(databaseUrl));
  process.stdout.write(text);
  return isGood ? 0 : 1;
}

/** Works on a database made for this and thrown away: nothing but the migrations is in it. */
async function onFreshDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const dataDir = join(tmpdir(), `one-card-schema-${process.pid}`);
  makeFolder(dataDir);
  const server = await startEmbeddedPostgres({ dataDir, sharedBuffersMb: 16 });
  try {
    await migrate(server.url);
    return await work(server.url);
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  const command = commands[process.argv[2] ?? ''];
  if (command !== undefined) return command.run(process.argv.slice(3));
  const lines = Object.entries(commands).map(([name, { what }]) => `  ${name.padEnd(12)} ${what}`);
  process.stderr.write(`node src/cli.ts <command>\n${lines.join('\n')}\n`);
  return 2;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const text = error instanceof StartError ? error.message : String((error as Error).stack ?? error);
    process.stderr.write(`${text}\n`);
    process.exit(1);
  },
);
