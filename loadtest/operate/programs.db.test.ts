import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { locateBinaries } from '#platform/embedded/binaries.ts';
import { freePort } from '#platform/embedded/postmaster.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { dashboardQuestions, operationsFolder } from './dashboard.ts';
import { requirePrograms } from './programs.ts';

const root = join(import.meta.dirname, '../..');
let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  requirePrograms(['haproxy', 'promtool']);
  folder = mkdtempSync(join(tmpdir(), 'one-card-operations-'));
  database = await createTestDatabase();
}, 300_000);
afterAll(async () => {
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a program; gives what it said where it did not like what it was given, else nothing. */
function complaint(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  const path = '/usr/sbin:/usr/bin:/sbin:/bin';
  const { status, stdout, stderr } = spawnSync(command, [...args], {
    env: { PATH: path, ...env },
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${status}: ${stdout}${stderr}`;
}

describe('the programs themselves accept their configuration', () => {
  test('HAProxy its own, with the addresses of compose.yaml', () => {
    const { services } = parse(readFileSync(join(root, 'compose.yaml'), 'utf8'), { merge: true });
    expect(
      complaint(
        'haproxy',
        ['-c', '-f', join(operationsFolder, 'haproxy/haproxy.cfg')],
        services.proxy.environment,
      ),
    ).toBe('');
  });

  test('Prometheus its own with rules and alerts, and the alerts fire when they must', () => {
    const prometheus = join(operationsFolder, 'prometheus');
    expect(complaint('promtool', ['check', 'config', join(prometheus, 'prometheus.yml')])).toBe('');
    expect(complaint('promtool', ['test', 'rules', join(prometheus, 'alerts.test.yml')])).toBe('');
  });

  test('Prometheus each question of the dashboard', () => {
    const rules = dashboardQuestions().map(({ expr }, n) => ({ record: `asked:${n}`, expr }));
    const file = join(folder, 'asked.json');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'asked', rules }] }));
    expect(rules.length).toBeGreaterThan(40);
    expect(complaint('promtool', ['check', 'rules', file])).toBe('');
    writeFileSync(
      file,
      JSON.stringify({ groups: [{ name: 'asked', rules: [{ record: 'one', expr: 'sum(' }] }] }),
    );
    expect(complaint('promtool', ['check', 'rules', file])).toContain('could not parse expression');
  });

  test('PostgreSQL its own', () => {
    const { postgres } = locateBinaries(undefined);
    const file = join(operationsFolder, 'postgres/postgresql.conf');
    // -C first: so root may ask, too.
    const args = ['-C', 'max_connections', '-D', folder, '-c', `config_file=${file}`];
    expect(complaint(postgres, args)).toBe('');
  });
});

test('what the Dockerfile says makes a service that serves', async () => {
  const stages = readStages();
  const built = stages.map((_, n) => join(folder, `stage-${n}`));
  for (const [n, steps] of stages.entries()) buildStage(steps, { into: built[n] ?? '', stages: built });
  const last = stages.at(-1) ?? [];
  const command = JSON.parse(last.find(({ word }) => word === 'CMD')?.rest ?? '[]') as string[];
  const port = await freePort();
  const child = spawn(command[0] ?? '', command.slice(1), {
    cwd: join(built.at(-1) ?? '', 'app'),
    env: {
      ...{
        PATH: '/usr/bin:/bin',
        PORT: String(port),
        DATABASE_URL: database.url,
        MASTER_KEY: 'ab'.repeat(32),
      },
      ...{ DATA_DIR: join(folder, 'data'), DEMO: 'no', DRAIN_SECONDS: '0' },
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/readyz`).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 60_000 },
      )
      .toBe(200);
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
  expect(child.exitCode).toBe(0);
}, 300_000);

interface Step {
  readonly word: string;
  readonly rest: string;
}

/** The steps of each stage; a stage begins with FROM. */
function readStages(): Step[][] {
  const stages: Step[][] = [];
  for (const line of readFileSync(join(operationsFolder, 'Dockerfile'), 'utf8').split('\n')) {
    const [, word = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (word === 'FROM') stages.push([]);
    else if (word !== '') stages.at(-1)?.push({ word, rest });
  }
  return stages;
}

/** Does in a folder what Docker would do in an image; a word that it does not know is an error. */
function buildStage(
  steps: readonly Step[],
  { into, stages }: { readonly into: string; readonly stages: readonly string[] },
): void {
  let workdir = into;
  for (const { word, rest } of steps) {
    if (word === 'WORKDIR') {
      workdir = join(into, rest);
      mkdirSync(workdir, { recursive: true });
    } else if (word === 'COPY') {
      const [, from, files = ''] = /^(?:--from=(\w+) )?(.*)$/.exec(rest) ?? [];
      const names = files.split(' ');
      const target = resolve(workdir, names.pop() ?? '');
      for (const name of names) {
        const source = from === undefined ? join(root, name) : join(stages[0] ?? '', name);
        const isOne = names.length === 1 && !rest.endsWith('./');
        cpSync(source, isOne ? target : join(target, name), { recursive: true });
      }
    } else if (word === 'RUN') {
      const run = spawnSync('sh', ['-c', `${rest} --prefer-offline`], { cwd: workdir, encoding: 'utf8' });
      expect(run.status, run.stderr).toBe(0);
    } else expect(['USER', 'CMD']).toContain(word);
  }
}
