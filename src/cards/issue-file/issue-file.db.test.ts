import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { insertProducts } from '#cards/products.ts';
import { cardResolver } from '#cards/resolve.ts';
import { fileHeader } from '#cards/rules/file-line.ts';
import { checkDigitOf } from '#cards/rules/id-number.ts';
import { readBalances } from '#ledger/balances.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { type FileIssued, FileTaken, issueFile } from './issue-file.ts';
import { readFaults } from './store.ts';

const secrets = openSecrets({ masterKeyHex: 'c0c0'.repeat(16), dataDir: '/' });
let folder: string;
let database: TestDatabase;
let owner: Pool;
let pool: Pool;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cards-issue-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  database = await createTestDatabase();
  [owner, pool] = [openOwnerPool(database.url), openPool(database.url, 4)];
  const terms = { temporaryLossDays: 7, validityYears: 10 };
  await insertProducts(sessionOf(owner), [
    { code: 'standard', name: '普通卡', nameEn: 'Standard', purses: ['e-purse', 'online'], ...terms },
    { code: 'senior', name: '敬老卡', nameEn: 'Senior', purses: ['online', 'subsidy'], ...terms },
  ]);
  return async () => {
    await owner.end();
    await pool.end();
    await database.drop();
  };
});

/** Person n: a made-up number of region 460105 and sequence 000 to 009. */
function idNumber(n: number): string {
  const born = new Date(Date.UTC(1960, 0, 1) + Math.floor(n / 10) * 86_400_000).toISOString().slice(0, 10);
  const first = `460105${born.replaceAll('-', '')}00${n % 10}`;
  return first + checkDigitOf(first);
}
const numberOf = (n: number) => `9480${String(n).padStart(12, '0')}`;
interface Line {
  readonly number?: string;
  readonly person?: string;
  readonly name?: string;
  readonly product?: string;
  readonly until?: string;
}
function line(n: number, over: Line = {}): string {
  const { number = numberOf(n), person = idNumber(n), name = '测某', product = 'standard' } = over;
  return `${number},${person},"${name}",${product},${over.until ?? '2036-12-31'}`;
}
const lines = (count: number, from = 0) => Array.from({ length: count }, (_, i) => line(from + i));

function file(name: string, rows: readonly string[], { end = '\n', header = fileHeader } = {}): string {
  const path = join(folder, name);
  writeFileSync(path, [header, ...rows, ''].join(end));
  return path;
}
interface Options {
  readonly batchSize?: number;
  readonly onProgress?: (done: number, total: number) => void;
}
const issue = (path: string, { batchSize = 10, onProgress = () => undefined }: Options = {}) =>
  issueFile(pool, secrets, { path, name: 'test.csv', batchSize, onProgress });
const count = async (from: string) =>
  Number((await pool.query(`select count(*) from ${from}`)).rows[0].count);
async function faultsOf(issued: FileIssued): Promise<string[]> {
  const all: string[] = [];
  for await (const faults of readFaults(sessionOf(pool), issued.fileId))
    all.push(...faults.map((fault) => `${fault.line} ${fault.code}`));
  return all;
}

describe('a file of cards', () => {
  test('is issued: cards that wait to be activated, with persons, histories and the purses of their product', async () => {
    const path = file('good.csv', [...lines(25), line(25, { person: idNumber(3), product: 'senior' })], {
      end: '\r\n',
    });
    const seen: string[] = [];
    const issued = await issue(path, { onProgress: (done, total) => seen.push(`${done}/${total}`) });
    expect(issued).toMatchObject({ kind: 'issued', before: false, linesDone: 26, issued: 26, failed: 0 });
    expect(seen).toEqual(['0/26', '9/26', '19/26', '26/26']);
    const session = sessionOf(pool);
    const resolve = cardResolver({ session, digest: secrets.cardNumberDigest, rememberedMax: 9 });
    const card = await resolve(numberOf(25));
    const balances = await readBalances(session, card?.cardAccountId ?? 0n);
    expect(balances.map(({ purse }) => purse)).toEqual(['online', 'subsidy']);
    expect(card?.cardAccountId).toBeGreaterThanOrEqual(10_000_000n);
    expect([await count('cards.persons'), await count('cards.card_accounts')]).toEqual([25, 26]);
    const { rows } = await pool.query(
      `select distinct c.status, e.step, e.to_status, octet_length(c.hot_mark) as mark from cards.cards c
       join cards.events e on e.card_id = c.id`,
    );
    expect(rows).toEqual([{ status: 'not-active', step: 'issue', to_status: 'not-active', mark: 8 }]);
    const person = await pool.query(
      'select id_number_sealed, name_sealed from cards.persons where id_number_digest = $1',
      [secrets.personDigest(idNumber(3))],
    );
    expect(secrets.openPersonal(person.rows[0].id_number_sealed)).toBe(idNumber(3));
    expect(secrets.openPersonal(person.rows[0].name_sealed)).toBe('测某');
  });

  test('that was done says so when it is given again, and issues nothing', async () => {
    const path = file('twice.csv', lines(12));
    const first = (await issue(path)) as FileIssued;
    const again = await issue(path);
    expect(again).toEqual({ ...first, before: true });
    expect(await count('cards.cards')).toBe(12);
  });

  test.each([1, 3, 10, 1_000])(
    'that died goes on where it stopped, in batches of %i, and loses and doubles nothing',
    async (batchSize) => {
      const rows = [
        ...lines(20),
        line(20, { person: '460105' }),
        ...lines(20, 21),
        line(41, { number: numberOf(2) }),
      ];
      const path = file(`died-${batchSize}.csv`, rows);
      for (const stopAt of [1, 15, 30]) {
        const dies = (done: number) => {
          if (done >= stopAt) throw new Error('the process died');
        };
        await issue(path, { batchSize, onProgress: dies }).catch((error: Error) => {
          expect(error.message).toBe('the process died');
        });
        // What was written when it died is left to end, as the server does when a client goes.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const issued = (await issue(path, { batchSize: 7 })) as FileIssued;
      expect(issued).toMatchObject({ linesDone: 42, issued: 40, failed: 2 });
      expect(await faultsOf(issued)).toEqual(['22 id-number-wrong', '43 duplicate-in-file']);
      const counts = await Promise.all(
        ['cards.cards', 'cards.persons', 'cards.card_accounts', 'cards.held_products', 'cards.events'].map(
          count,
        ),
      );
      expect(counts).toEqual([40, 40, 40, 40, 40]);
      expect(await count('ledger.accounts')).toBe(80);
    },
  );

  test('given to two runs at once is issued once', async () => {
    const path = file('both.csv', lines(60));
    const runs = await Promise.allSettled([issue(path), issue(path)]);
    for (const run of runs) if (run.status === 'rejected') expect(run.reason).toBeInstanceOf(FileTaken);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await issue(path)).toMatchObject({ issued: 60, failed: 0 });
    expect(await count('cards.cards')).toBe(60);
  });

  test('has its faults by line, with a code each', async () => {
    await issue(file('before.csv', [line(900), line(901)]));
    const path = file('faults.csv', [
      line(0),
      'nonsense',
      line(2, { number: '948' }),
      line(3, { person: idNumber(3).replace(/.$/, (last) => (last === '1' ? '2' : '1')) }),
      line(4, { product: 'gold' }),
      line(5, { until: '2036-13-01' }),
      line(6, { number: numberOf(900) }),
      line(7, { person: idNumber(901) }),
      line(8, { number: numberOf(0) }),
      line(9, { person: idNumber(0) }),
      '',
      line(11, { name: 'x'.repeat(2_000) }),
      line(12, { name: '' }),
      `${line(13)},photo.jpg`,
      line(14),
    ]);
    const issued = (await issue(path, { batchSize: 4 })) as FileIssued;
    expect(issued).toMatchObject({ issued: 2, failed: 13, linesDone: 15 });
    expect(await faultsOf(issued)).toEqual([
      '3 line-malformed',
      '4 card-number-wrong',
      '5 id-number-wrong',
      '6 product-unknown',
      '7 expiry-wrong',
      '8 card-number-taken',
      '9 person-has-card',
      '10 duplicate-in-file',
      '11 duplicate-in-file',
      '12 line-malformed',
      '13 line-malformed',
      '14 line-malformed',
      '15 line-malformed',
    ]);
  });

  test('may begin with a byte order mark, end without a line break, and hold lines that are not UTF-8', async () => {
    const path = join(folder, 'bytes.csv');
    const text = `\uFEFF${fileHeader}\n${line(0)}\n`;
    const broken = Buffer.from(line(1).replace('测某', '?')).map((byte) => (byte === 0x3f ? 0xff : byte));
    writeFileSync(path, Buffer.concat([Buffer.from(text), broken, Buffer.from(`\n${line(2)}`)]));
    const issued = (await issue(path)) as FileIssued;
    expect(issued).toMatchObject({ issued: 2, failed: 1 });
    expect(await faultsOf(issued)).toEqual(['3 line-malformed']);
  });

  test.each([
    ['an empty one', '', 'header-wrong'],
    ['one without its header', `${line(1)}\n${line(2)}\n`, 'header-wrong'],
    ['one with nothing but its header', `${fileHeader}\n`, 'no-lines'],
    ['one that is too long', `${fileHeader}\n${'x\n'.repeat(300_001)}`, 'too-many-lines'],
  ])('%s is not taken', async (name, text, kind) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.csv`);
    writeFileSync(path, text);
    expect(await issue(path)).toEqual({ kind });
    expect(await count('cards.issue_files')).toBe(0);
  });

  test('leaves no number, name or card number in any table in plain text', async () => {
    const path = file('secret.csv', [line(0), line(1, { person: idNumber(0) }), line(2, { number: '9480' })]);
    await issue(path);
    const secretsOf = [idNumber(0), idNumber(2), '测某', numberOf(0), numberOf(1)];
    const { rows: tables } = await pool.query(
      `select table_schema || '.' || table_name as name from information_schema.tables
       where table_schema in ('cards', 'audit', 'ledger')`,
    );
    expect(tables.length).toBeGreaterThan(15);
    for (const { name } of tables) {
      const { rows } = await owner.query(`select t::text as row from ${name} t`);
      const text = rows.map(({ row }) => row).join('\n');
      for (const secret of secretsOf) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(Buffer.from(secret).toString('hex'));
      }
    }
  });
});
