import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** A module imports only from rows below its own; row-mates do not know each other. No exceptions. */
const rows: readonly (readonly string[])[] = [
  // Drives the whole house from outside: load, chaos and demonstration may take any part of it.
  ['loadtest'],
  // Builds the small town that tests, bench and chaos run on: it enrols, issues and clears as the service does.
  ['testing'],
  // Sets up the real servers that tests run on, so it may start and migrate what the service does.
  ['platform/testing'],
  ['main.ts', 'cli.ts'],
  // Puts the parts of a running service together, in the order in which they depend on each other.
  ['start'],
  // A small Hainan to try the product on: it enrols and issues as an operator, and loads through the one path.
  ['demo'],
  ['channels/pos', 'channels/http', 'channels/pages', 'channels/schedule'],
  // What takes more than one transaction: a bill paid and written off, a load a bank must confirm, a file of subsidies,
  // a participant told of what was cleared.
  ['bills', 'load-orders', 'disbursements', 'webhooks'],
  ['clearing', 'settlement'],
  ['sectors'],
  ['cards', 'terminals'],
  ['participants'],
  ['ledger'],
  ['idempotency', 'access'],
  // Below access: a sign-in and a second person's approval are acts too.
  ['audit'],
  ['platform'],
  ['iso8583', 'money'],
];

/** Where a library may be imported. One that is not listed has no home yet: give it one. */
const homes: Readonly<Record<string, (file: string) => boolean>> = {
  // Rates meet amounts in one room, or rounding is decided in many.
  'decimal.js': (file) => file.startsWith('src/money/'),
  // The wire format ends in the channels.
  hono: (file) => file.startsWith('src/channels/'),
  '@hono/node-server': (file) => file.startsWith('src/channels/'),
  '@hono/zod-openapi': (file) => file.startsWith('src/channels/'),
  // Tables are described in tables.ts; everything else about the database is SQL in store.ts.
  'drizzle-orm': (file) => file.startsWith('src/platform/') || /\/(store|tables)\.ts$/.test(file),
  // Connections are opened in one room, with its limits and time-outs.
  pg: (file) => file.startsWith('src/platform/'),
  'pg-copy-streams': (file) => file.startsWith('src/platform/'),
  ioredis: (file) => file.startsWith('src/platform/'),
  // Every line passes the mask, every measure has its name in one file.
  pino: (file) => file.startsWith('src/platform/'),
  'prom-client': (file) => file.startsWith('src/platform/'),
  // Shapes of what comes from outside are declared where it comes in.
  zod: (file) => /^src\/(platform|channels|sectors|bills|load-orders)\//.test(file),
  // One-time codes of staff (RFC 6238).
  otpauth: (file) => file.startsWith('src/access/'),
  // Which addresses are of the public Internet: only who calls where others say has to ask.
  'ipaddr.js': (file) => file.startsWith('src/webhooks/'),
};
/** Only tests and what sets them up may use these. */
const testLibraries = [
  'vitest',
  'fast-check',
  'libpg-query',
  'playwright-core',
  'axe-core',
  'iso_8583',
  'jspos',
  'standardwebhooks',
];

interface Module {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const modules: readonly Module[] = ['src', 'loadtest'].flatMap(filesBelow).map((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/(?:\bfrom|^import|\bimport\()\s*'([^']+)'/gm);
  return { file, text, imports: [...found].map((match) => match[1] ?? '') };
});
const production = modules.filter((module) => !isTest(module.file));
/** Tests are held to the same rows, but any test may use the set-up; this file is the map itself. */
const placed = modules.filter((module) => module.file !== 'src/architecture.test.ts');

describe('the house', () => {
  test('every file has a row: a folder without one is a room nobody decided on', () => {
    expect(placed.filter((module) => unitOf(module.file) === undefined).map((module) => module.file)).toEqual(
      [],
    );
  });

  test('a module imports only from rows below its own: what is below can be understood alone', () => {
    expect(faults(placed, (module, target) => target && !mayImport(module.file, target))).toEqual([]);
  });

  test('a sector does not know another sector: a new one is a folder and a line, and harms none', () => {
    const sectorOf = (file: string) => /^src\/sectors\/([^/]+)\//.exec(file)?.[1] ?? 'shared';
    const isSector = (name: string) => name !== 'shared' && name !== 'rules';
    const crosses = (from: string, to: string) => isSector(from) && isSector(to) && from !== to;
    expect(
      faults(placed, (module, target) => target && crosses(sectorOf(module.file), sectorOf(target))),
    ).toEqual([]);
  });

  test('a library stays in its home: it can be exchanged by changing one room', () => {
    const isAtHome = (file: string, library: string) =>
      testLibraries.includes(library) ? isTest(file) || isSetUp(file) : (homes[library]?.(file) ?? false);
    const strays = placed
      .filter((module) => !isFree(module.file))
      .flatMap((module) =>
        module.imports.filter(isLibrary).map((name) => [module.file, libraryOf(name)] as const),
      )
      .filter(([file, library]) => !(isTest(file) && library === 'pg') && !isAtHome(file, library));
    expect(strays).toEqual([]);
  });

  test('tables.ts is private to its room: rows are reached through the set-based functions of its store', () => {
    const isPrivate = (target: string) => /\/tables\.ts$/.test(target);
    const isGuest = (file: string, target: string) =>
      !file.startsWith(`${dirname(target)}/`) && !isFree(file);
    expect(
      faults(placed, (module, target) => target && isPrivate(target) && isGuest(module.file, target)),
    ).toEqual([]);
  });

  test('no file leads back to itself, by its types either: what a file needs can be read before it', () => {
    const targets = new Map(
      modules.map(({ file, imports }) => [file, imports.map((name) => targetOf(file, name))]),
    );
    const done = new Set<string>();
    const circleFrom = (file: string, way: readonly string[]): string | undefined => {
      if (way.includes(file)) return [...way.slice(way.indexOf(file)), file].join(' → ');
      if (done.has(file)) return undefined;
      for (const target of targets.get(file) ?? []) {
        const found = target === undefined ? undefined : circleFrom(target, [...way, file]);
        if (found !== undefined) return found;
      }
      done.add(file);
      return undefined;
    };
    expect(modules.map(({ file }) => circleFrom(file, [])).filter((found) => found !== undefined)).toEqual(
      [],
    );
  });

  test('imports are ./ inside a room and # across rooms: a path that climbs hides where it leads', () => {
    expect(faults(modules, (_, __, name) => name.startsWith('..') || name.includes('/../'))).toEqual([]);
  });
});

describe('the files', () => {
  test('each rule has its test beside it: a decision without one is an opinion', () => {
    const decides = production.filter(
      ({ file, text }) => isRule(file) && /^export (async )?(function|const)/m.test(text),
    );
    const tests = new Set(modules.map((module) => module.file));
    const untested = decides.filter(({ file }) => !tests.has(file.replace(/\.ts$/, '.test.ts')));
    expect(untested.map((module) => module.file)).toEqual([]);
  });

  test('rules touch nothing: no clock, process, network, timer or randomness, so they replay to the same result', () => {
    const impure =
      /\bnew Date\b|\bDate\.|\bprocess\.|\bfetch\(|\bset(Timeout|Interval|Immediate)\(|\bperformance\.|\bMath\.random\b|\brandom(UUID|Bytes|Int|FillSync)\b|getRandomValues|\bconsole\./;
    const pureLibraries = ['node:crypto', 'zod', 'ipaddr.js'];
    const touches = (module: Module) =>
      impure.test(withoutComments(module.text)) ||
      module.imports.some((name) => !/^(\.\/|#)/.test(name) && !pureLibraries.includes(name));
    const rules = production.filter((module) => isRule(module.file));
    expect(rules.filter(touches).map((module) => module.file)).toEqual([]);
  });

  test('names say what is inside: index, utils, common, services, helpers and types say nothing', () => {
    const empty = /(^|\/)(index|utils?|common|services?|helpers?|types|misc|shared)(\/|\.ts$)/;
    expect(modules.filter((module) => empty.test(module.file)).map((module) => module.file)).toEqual([]);
  });

  test('a folder holds at most 12 files beside its tests: more are two rooms', () => {
    const counts = Map.groupBy(production, (module) => dirname(module.file));
    expect([...counts].filter(([, files]) => files.length > 12).map(([folder]) => folder)).toEqual([]);
  });

  test('a file has at most 400 lines, tables and tests apart: longer ones hide a second reason to exist', () => {
    const long = production.filter(
      ({ file, text }) => !file.endsWith('/tables.ts') && text.split('\n').length > 401,
    );
    expect(long.map((module) => module.file)).toEqual([]);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** The imports a rule forbids, as "file → name". */
function faults(
  among: readonly Module[],
  isFault: (module: Module, target: string | undefined, name: string) => boolean | string | undefined,
): string[] {
  return among.flatMap((module) =>
    module.imports
      .filter((name) => isFault(module, targetOf(module.file, name), name))
      .map((name) => `${module.file} → ${name}`),
  );
}

/** The file of ours that is imported; a library has none. */
function targetOf(file: string, name: string): string | undefined {
  if (name.startsWith('#loadtest/')) return name.slice(1);
  if (name.startsWith('#')) return `src/${name.slice(1)}`;
  return name.startsWith('.') ? join(dirname(file), name) : undefined;
}

/** The most particular entry of the rows that holds the file. */
function unitOf(file: string): string | undefined {
  const place = file.replace(/^src\//, '');
  return rows
    .flat()
    .filter((unit) => place === unit || place.startsWith(`${unit}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function mayImport(file: string, target: string): boolean {
  const [from, to] = [unitOf(file), unitOf(target)];
  if (from === undefined || to === undefined) return false;
  return from === to || rowOf(from) < rowOf(to) || (isTest(file) && isSetUp(target));
}

function rowOf(unit: string): number {
  return rows.findIndex((row) => row.includes(unit));
}

function isTest(file: string): boolean {
  return file.endsWith('.test.ts');
}

function isSetUp(file: string): boolean {
  return /^src\/(platform\/)?testing\//.test(file);
}

/** Load, chaos and set-up work on the servers themselves: the homes and the privacy are not theirs to keep. */
function isFree(file: string): boolean {
  return file.startsWith('loadtest/') || isSetUp(file);
}

function isRule(file: string): boolean {
  return basename(dirname(file)) === 'rules';
}

function isLibrary(name: string): boolean {
  return !/^(\.|#|node:)/.test(name);
}

/** `drizzle-orm/pg-core` → `drizzle-orm`, `@hono/node-server/x` → `@hono/node-server`. */
function libraryOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
}
