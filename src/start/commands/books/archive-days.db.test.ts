import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cutOff } from '#ledger/cut-off.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { closeDay } from '#settlement/close-day.ts';
import { openInstance } from '#testing/history/players.ts';
import { masterKeyHex } from '#testing/http/http-town.ts';
import { buildTown, loadTown } from '#testing/town.ts';

let database: TestDatabase;
let owner: Pool;
let pool: Pool;
const folder = mkdtempSync(join(tmpdir(), 'one-card-archive-command-'));
const archive = join(folder, 'archive');
/** Six years ago and the day after it are closed and sealed, the third is cut off and not sealed. */
const first = '2019-11-22';
const days = [first, '2019-11-23', '2019-11-24'] as const;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = openOwnerPool(database.url);
  pool = openPool(database.url, 2);
  await buildTown(sessionOf(owner), { merchants: 1, cards: 3, firstDay: first });
  const instance = await openInstance({ url: database.url, pool });
  await loadTown(instance, { cards: 3, amountFen: 1_000n });
  await instance.close();
  await sealed(first);
  await sealed(days[1]);
  await cutOff(pool, days[2]);
});
afterAll(async () => {
  await Promise.all([owner?.end(), pool?.end()]);
  await database?.drop();
  rmSync(folder, { recursive: true });
});

async function sealed(day: string): Promise<void> {
  const closed = await closeDay(pool, day);
  if (typeof closed === 'string') throw new Error(closed);
  const next = days[days.indexOf(day as typeof first) + 1];
  // After days without a cut-off the next one is today's: here it is the day after.
  const change = `update ledger.business_days set business_date = '${next}' where closed_at is null`;
  await owner.query(`begin; set local session_replication_role = replica; ${change}; commit`);
  await owner.query('select ledger.add_day_partitions($1)', [next]);
}

interface Ended {
  readonly code: number;
  readonly said: string;
  readonly errors: string;
}

function cli(command: string, ...args: string[]): Promise<Ended> {
  const file = join(import.meta.dirname, '../../../cli.ts');
  const env = { PATH: '', DATABASE_URL: database.url, DATA_DIR: folder, MASTER_KEY: masterKeyHex };
  return new Promise((resolve) => {
    execFile(process.execPath, [file, command, ...args], { env, cwd: folder }, (error, said, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), said, errors });
    });
  });
}

describe('the archive on the command line', () => {
  test.each([
    [[], /^用法 Say: npm run archive -- --before DATE/],
    [['--before', 'yesterday'], /^用法 Say/],
    [['--before', '2020-02-30'], /^没有这一天 There is no such day: 2020-02-30/],
    [['--before', '2020-01-01', '--restore', '2019-01-01'], /^用法 Say/],
    [['--before', '2020-01-01', '--kept-years', 'few'], /^用法 Say/],
    [['--before', '2020-01-01', '--kept-years', '-1'], /^用法 Say/],
    [['--befor', '2020-01-01'], /^用法 Say/],
    [['--restore', '2019-11-22', '--folder', 'nowhere'], /^没有归档文件夹 There is no folder/],
  ])('says what it wants to hear instead of %j', async (args, sentence) => {
    const { code, said, errors } = await cli('archive', ...args);
    expect([code, said]).toEqual([1, '']);
    expect(errors).toMatch(sentence);
    expect(errors.trim().split('\n')).toHaveLength(1);
  });

  test('says in one sentence that the folder cannot be written to', async () => {
    writeFileSync(join(folder, 'taken'), '');
    const { code, errors } = await cli(
      'archive',
      '--before',
      '2021-01-01',
      '--folder',
      join(folder, 'taken'),
    );
    expect(errors).toMatch(
      /^无法写入归档文件夹 The folder of the archive cannot be written to: .*taken\.\n$/,
    );
    expect(code).toBe(1);
  });

  test('keeps five years whatever date is named, or as many as are asked for', async () => {
    const kept = await cli('archive', '--before', '2099-01-01', '--kept-years', '50', '--folder', archive);
    expect(kept).toMatchObject({ code: 0, errors: '' });
    expect(kept.said).toMatch(
      /^\d{4}-\d\d-\d\d 之前没有可归档的营业日 No day before \d{4}-\d\d-\d\d is left to archive: what is younger than --kept-years stays\.\n$/,
    );
    expect(readdirSync(archive)).toEqual([]);
  });

  test('moves sealed days, the oldest first, up to one that is not sealed; twice is as once', async () => {
    const { code, said, errors } = await cli('archive', '--before', '2099-01-01', '--folder', archive);
    expect(said.trim().split('\n')).toEqual([
      expect.stringMatching(/^2019-11-22 → .* {2}3 entries 分录, 6 postings 过账, sha256 [0-9a-f]{64}$/),
      expect.stringMatching(/^2019-11-23 → .* {2}0 entries 分录, 0 postings 过账, sha256 [0-9a-f]{64}$/),
    ]);
    expect([code, errors]).toEqual([1, '2019-11-24 尚未封存 is not sealed yet: close the day first.\n']);
    const again = await cli('archive', '--before', '2019-11-24', '--folder', archive);
    expect(again).toMatchObject({ code: 0, errors: '' });
    expect(again.said).toContain('之前没有可归档的营业日');
  });

  test('is told by verify, which recomputes it where the folder is named', async () => {
    const without = await cli('verify');
    expect(without.said).toMatch(
      /– 已归档 archived: 2 days, 2019-11-22 to 2019-11-23, 3 entries, 6 postings: .*未重算/,
    );
    const whole = await cli('verify', '--archive', archive);
    expect(whole.said).toContain('✓ 归档一致 archive');
    expect(whole.said).toMatch(/✓ 已归档 archived: 2 days, .*: 已从文件重算 recomputed from their files\n/);
    expect([without.code, whole.code]).toEqual([0, 0]);
    const nowhere = await cli('verify', '--archive', join(folder, 'nowhere'));
    expect(nowhere.said).toContain('The books are WRONG (archive');
    expect(nowhere.code).toBe(1);
  });

  test('comes back from the last day on, and only from what was written', async () => {
    const early = await cli('archive', '--restore', first, '--folder', archive);
    expect(early).toMatchObject({ code: 1, said: '' });
    expect(early.errors).toMatch(/^2019-11-22 不是最后归档的营业日 is not the last day/);
    expect(await cli('archive', '--restore', days[1], '--folder', archive)).toMatchObject({
      ...{ code: 0, errors: '', said: '2019-11-23 is back 已恢复: 0 entries 分录, 0 postings 过账\n' },
    });
    expect(await cli('archive', '--restore', first, '--folder', folder)).toMatchObject({ code: 1, said: '' });
    const back = await cli('archive', '--restore', first, '--folder', archive);
    expect(back.said).toBe('2019-11-22 is back 已恢复: 3 entries 分录, 6 postings 过账\n');
    expect((await cli('verify')).said).not.toContain('已归档');
  });
});
