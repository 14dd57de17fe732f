import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertProducts } from '#cards/products.ts';
import { fileHeader } from '#cards/rules/file-line.ts';
import { checkDigitOf } from '#cards/rules/id-number.ts';
import { openOwnerPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { masterKeyHex } from '#testing/http/http-town.ts';

let folder: string;
let database: TestDatabase;
let owner: Pool;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cards-command-'));
  database = await createTestDatabase();
  owner = openOwnerPool(database.url);
  await insertProducts(sessionOf(owner), [
    {
      ...{ code: 'standard', name: '普通卡', nameEn: 'Standard', purses: ['online'] },
      ...{ temporaryLossDays: 7, validityYears: 10 },
    },
  ]);
});
afterAll(async () => {
  await owner?.end();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly said: string; readonly errors: string }>;
}

function run(args: readonly string[], env: Record<string, string> = {}): Run {
  const file = join(import.meta.dirname, '../../cli.ts');
  const ours = { PATH: '', DATABASE_URL: database.url, DATA_DIR: folder, MASTER_KEY: masterKeyHex, ...env };
  const child = spawn(process.execPath, [file, 'issue', ...args], { env: ours });
  let [said, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<{ code: number | null; said: string; errors: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, said, errors }));
  });
  return { process: child, ended };
}

function line(n: number): string {
  const born = new Date(Date.UTC(1950, 0, 1) + Math.floor(n / 10) * 86_400_000).toISOString().slice(0, 10);
  const first = `460105${born.replaceAll('-', '')}00${n % 10}`;
  return `9480${String(n).padStart(12, '0')},${first}${checkDigitOf(first)},"测某",standard,2036-12-31`;
}
function write(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${[fileHeader, ...lines].join('\n')}\n`);
  return path;
}
const count = async (from: string) =>
  Number((await owner.query(`select count(*) from ${from}`)).rows[0]?.count);

describe('issue on the command line', () => {
  test('killed twice on its way goes on where it stopped: every card once', { timeout: 60_000 }, async () => {
    const cards = 16_000;
    const path = write(
      'killed.csv',
      Array.from({ length: cards }, (_, n) => line(n)),
    );
    for (const killFrom of [1, 6_000]) {
      const killed = run([path]);
      while ((await count('cards.cards')) < killFrom && killed.process.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 20));
      killed.process.kill('SIGKILL');
      expect((await killed.ended).code).toBeNull();
    }
    expect(await count('cards.cards')).toBeLessThan(cards);
    const { code, said, errors } = await run([path]).ended;
    const goesOn = /goes on from line (\d+)\n/.exec(errors)?.[1];
    expect(Number(goesOn) % 2_000, 'the line after whole batches, the header in the first').toBe(1);
    expect(Number(goesOn)).toBeGreaterThan(6_000);
    expect(said).toContain(`已制卡 Issued ${cards}, 未制卡 not issued 0.`);
    expect(code).toBe(0);
    for (const table of [
      'cards.cards',
      'cards.persons',
      'cards.held_products',
      'cards.events',
      'ledger.accounts',
    ])
      expect(await count(table), table).toBe(cards);
    const again = await run([path]).ended;
    expect(again.said).toContain('此文件已处理过');
    expect([again.code, await count('cards.cards')]).toEqual([0, cards]);
  });

  test('ends with 1 and a file of errors beside it that only its owner reads, without personal data', async () => {
    const lines = [line(20_000), line(20_001).replace('standard', 'gold'), line(20_000)];
    const path = write('faults.csv', lines);
    const { code, said, errors } = await run([path]).ended;
    expect(code).toBe(1);
    const errorsPath = join(folder, 'faults.errors.csv');
    expect(said).toContain(`已制卡 Issued 1, 未制卡 not issued 2.\n错误明细 Errors by line: ${errorsPath}\n`);
    const written = readFileSync(errorsPath, 'utf8');
    expect(written.split('\r\n').map((row) => row.split(',').slice(0, 2).join(','))).toEqual([
      'line,code',
      '3,product-unknown',
      '4,duplicate-in-file',
      '',
    ]);
    expect(statSync(errorsPath).mode & 0o777).toBe(0o600);
    for (const text of [written, said, errors])
      for (const row of lines)
        for (const value of row.split(',').slice(0, 3)) expect(text).not.toContain(value);
  });

  test('says in one sentence what it does not take', async () => {
    const noHeader = join(folder, 'no-header.csv');
    writeFileSync(noHeader, `${line(1)}\n${line(2)}\n`);
    const cases: [string[], Record<string, string>, string][] = [
      [[], {}, 'npm run issue -- FILE.csv'],
      [[join(folder, 'nowhere.csv')], {}, 'There is no such file.'],
      [[noHeader], {}, fileHeader],
      [[noHeader], { MASTER_KEY: 'cd'.repeat(32) }, 'another master key'],
    ];
    for (const [args, env, sentence] of cases) {
      const { code, said, errors } = await run(args, env).ended;
      expect([code, said]).toEqual([1, '']);
      expect(errors).toContain(sentence);
      expect(errors.trim().split('\n')).toHaveLength(1);
    }
  });
});
