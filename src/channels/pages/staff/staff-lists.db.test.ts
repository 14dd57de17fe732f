import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordAudit } from '#audit/store.ts';
import { archiveDays, nextDaysToArchive } from '#ledger/partitions/archive/archive-day.ts';
import { insertParticipants } from '#participants/store.ts';
import { hainanDay } from '#platform/calendar.ts';
import { openOwnerPool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { closeDay } from '#settlement/close-day.ts';
import { readNets } from '#settlement/day-report.ts';
import type { HolderClient } from '#testing/holder/holder-client.ts';
import { type HolderTown, openHolderTown } from '#testing/holder/holder-town.ts';
import { addMember, signedInClient } from '#testing/staff-pages/staff-client.ts';
import { allLists } from './lists/all-lists.ts';
import { participantsList } from './lists/place-lists.ts';
import { csvOf } from './routes/csv-file.ts';
import type { StaffParts } from './staff-parts.ts';
import { staffTextsOf } from './texts/staff-texts.ts';
import { type ListPath, mayList } from './who-may.ts';

let database: TestDatabase;
let town: HolderTown;
let finance: HolderClient;
let auditor: HolderClient;
const today = hainanDay(Date.now());
const formula = '=HYPERLINK("https://evil.example","x")';
const script = '<script>alert(1)</script>';

beforeAll(async () => {
  database = await createTestDatabase();
  town = await openHolderTown(database.url);
  const members = { name: 'finance-1', displayName: '财务', role: 'finance' } as const;
  finance = await signedInClient(town.app, await addMember(town.parts, members));
  auditor = await signedInClient(
    town.app,
    await addMember(town.parts, { name: 'auditor-1', displayName: '审计', role: 'auditor' }),
  );
  // More than two pages of participants, some with names that would do harm.
  await insertParticipants(
    town.owner,
    Array.from({ length: 130 }, (_, i) => ({
      id: 700_001 + i,
      name: i === 7 ? formula : i === 8 ? script : `便利店 ${i}, "街角"`,
      nameEn: i === 9 ? '@SUM(1)' : `Corner shop ${i}`,
      sector: i % 3 === 0 ? 'shops' : 'transit',
      active: i % 5 !== 0,
    })),
  );
  await town.parts.clearing.reference.refresh();
  await recordAudit(
    sessionOf(town.parts.pool),
    Array.from({ length: 120 }, (_, i) => ({
      actor: { kind: i % 2 === 0 ? 'holder' : 'terminal', id: BigInt(1 + (i % 7)) } as const,
      act: i % 3 === 0 ? 'balances-looked-at' : 'history-looked-at',
      subject: `card-account ${1_000_000 + (i % 4)}`,
      reason: i === 50 ? formula : '',
    })),
  );
}, 180_000);
afterAll(async () => {
  await town?.close();
  await database?.drop();
});

const unescaped = (html: string) =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .trim();

/** The rows of every page of a filter, one after the other, as a person pages through them. */
async function rowsOfPages(who: HolderClient, path: string, query: string): Promise<string[][]> {
  const rows: string[][] = [];
  let next = `${path}${query === '' ? '' : `?${query}`}`;
  for (let page = 0; page < 20; page++) {
    const got = await who.get(next);
    expect([next, got.status]).toEqual([next, 200]);
    const body = /<tbody>([\s\S]*?)<\/tbody>/.exec(got.text)?.[1] ?? '';
    for (const [, line = ''] of body.matchAll(/<tr>([\s\S]*?)<\/tr>/g))
      rows.push([...line.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell = '']) => unescaped(cell)));
    const link = /rel="next" href="([^"]+)"/.exec(got.text)?.[1];
    if (link === undefined) return rows;
    next = link.replaceAll('&amp;', '&');
  }
  throw new Error('a list has no end');
}

/** The lines of a file, read by a reader of RFC 4180 that knows nothing of ours. */
function linesOf(csv: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  for (const [whole, quoted, bare = '', end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    if (whole === '') continue;
    line.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    lines.push(line);
    line = [];
  }
  return lines;
}

async function rowsOfFile(who: HolderClient, path: string, query: string): Promise<string[][]> {
  const got = await who.get(`${path}/export${query === '' ? '' : `?${query}`}`);
  expect([path, query, got.status]).toEqual([path, query, 200]);
  expect(got.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const [, ...rows] = linesOf(got.text.replace(/^\uFEFF/, ''));
  return rows;
}

/** A cell of a file as the page shows it: without the sign against formulas, amounts with their own sign. */
function comparable(cell: string): string {
  const plain = cell.replace(/^'(?=[=+\-@|])/, '').replace('\u2212', '-');
  const money = /^(-?)¥([\d,]+\.\d\d)$/.exec(plain);
  if (money !== null) return `${money[1]}${money[2]?.replaceAll(',', '')}`;
  if (/^\d{1,3}(,\d{3})+$/.test(plain)) return plain.replaceAll(',', '');
  return plain === '—' ? '' : plain;
}
const compared = (rows: string[][]) => rows.map((row) => row.map(comparable));

const values: Readonly<Record<string, readonly string[]>> = {
  participant: ['100001', '200001', '300001', '590001', '999'],
  name: ['店', 'corner', '"', '=', 'nobody'],
  line: ['21', 'R1', '*'],
  product: ['senior', 'standard', '*'],
  category: ['senior', 'student'],
  since: ['2026-01-01', today],
  until: [today, '2099-12-31'],
  day: [today],
  utility: ['400001', '400002'],
  programme: ['farm-support', 'elder-allowance'],
  batchId: ['1', '2'],
  cause: ['name-differs', 'person-unknown'],
  terminal: ['1000011', '2000011'],
  'actor-id': ['1', '3', '0'],
  act: ['balances-looked-at', 'card-looked-at'],
  subject: ['card-account 1000001', 'participant 100001'],
};

/** Any filter of a list, of values that are there and values that are not. */
function anyFilter(path: ListPath): fc.Arbitrary<string> {
  const list = allLists.find((one) => one.path === path);
  const words = (list?.filters ?? []).map(({ word, options, needed }) =>
    fc
      .option(fc.constantFrom(...(options ?? values[word] ?? ['1'])), {
        freq: 2,
        nil: needed ? today : undefined,
      })
      .map((value) => (needed && word === 'participant' && value === today ? '100001' : value))
      .map((value) => (value === undefined ? [] : [[word, value]])),
  );
  return fc.tuple(...words).map((said) => String(new URLSearchParams(said.flat() as [string, string][])));
}

const whoReads = (path: ListPath): HolderClient => {
  const roles: readonly string[] = mayList[path];
  return roles.includes('finance') ? finance : auditor;
};

describe('a file is exactly the filter', () => {
  // Times of waiting go on between the two, and each export of the trail is a row of it.
  const paths = (Object.keys(mayList) as ListPath[]).filter(
    (path) => !path.startsWith('/staff/suspended/') && path !== '/staff/audit',
  );
  test.each(paths)('of %s', async (path) => {
    await fc.assert(
      fc.asyncProperty(anyFilter(path), async (query) => {
        const who = whoReads(path);
        const [pages, file] = [await rowsOfPages(who, path, query), await rowsOfFile(who, path, query)];
        expect(compared(file)).toEqual(compared(pages));
      }),
      { numRuns: 4 },
    );
  });

  test.each([
    ...['actor=holder', 'actor=terminal&actor-id=3', 'act=history-looked-at', 'subject=card-account+1000002'],
    ...[
      `actor=holder&act=balances-looked-at&since=${today}&until=${today}`,
      'actor=holder&since=2030-01-01',
      'until=2020-01-01',
    ],
  ])('of the trail, by %s', async (query) => {
    const pages = await rowsOfPages(auditor, '/staff/audit', query);
    const file = await rowsOfFile(auditor, '/staff/audit', query);
    expect(compared(file)).toEqual(compared(pages));
    expect(pages.length > 0).toBe(!query.includes('2020-01') && !query.includes('2030-01'));
    const sequences = pages.map(([sequence]) => Number(sequence));
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => b - a));
  });

  test('holds all rows over all pages, in the order of the list, none twice', async () => {
    const rows = await rowsOfFile(finance, '/staff/participants', 'sector=shops');
    const ids = rows.map(([id]) => Number(id));
    const known = [...town.parts.clearing.reference.current().participants.values()];
    expect(ids).toEqual(
      known
        .filter(({ sector }) => sector === 'shops')
        .map(({ id }) => id)
        .sort((a, b) => a - b),
    );
    expect(ids.length).toBeGreaterThan(43);
  });

  test('begins with a byte order mark, and what a spreadsheet would run is disarmed', async () => {
    const got = await finance.get('/staff/participants/export?participant=1');
    expect(got.status).toBe(404);
    const bytes = await town.app.request('http://localhost/staff/participants/export', {
      headers: { cookie: [...finance.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    const raw = Buffer.from(await bytes.arrayBuffer());
    expect([...raw.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(raw.toString()).toContain(`"'=HYPERLINK(""https://evil.example"",""x"")"`);
    expect(raw.toString()).toContain(`'@SUM(1)`);
    expect(bytes.headers.get('content-disposition')).toMatch(
      /^attachment; filename="participants-\d{8}T\d{6}\.csv"$/,
    );
  });

  test('is cut at its limit, and says so in its last line', async () => {
    const { parts } = town;
    const texts = staffTextsOf.en;
    const member = { id: 1n, role: 'finance', displayName: '', mustChange: false } as const;
    const secrets = { path: '/staff', formToken: '', visitSecret: '', sessionToken: '' };
    const visit = { language: 'en', texts, member, ...secrets } as const;
    const context = { visit, nowMs: 0, nameOf: () => '' };
    const from = { parts: parts as unknown as StaffParts, session: parts.session };
    const read = async (rowsMax: number) => {
      const file = await csvOf(participantsList, from, { context, said: { sector: 'shops' }, rowsMax });
      return linesOf((await new Response(file).text()).replace(/^\uFEFF/, ''));
    };
    const all = await read(100_000);
    const cut = await read(10);
    expect(cut).toEqual([...all.slice(0, 11), ['Cut: only the first 10 rows; narrow the filter.']]);
    // As many rows as there are is not cut.
    expect(await read(all.length - 1)).toEqual(all);
  });

  test('stands in the trail with its filter', async () => {
    // A filter that none of these tests asked for in the last minute: then it would be no row of its own.
    await rowsOfFile(finance, '/staff/participants', 'sector=medical&name=nobody');
    const page = await auditor.get('/staff/audit?act=list-exported');
    expect(page.text).toContain('list /staff/participants');
    expect(page.text).toMatch(/sector=medical&amp;name=nobody|name=nobody&amp;sector=medical/);
  });

  test('and a day of it can be read there', async () => {
    await rowsOfFile(auditor, '/staff/audit', `since=${today}&act=card-activated`);
    const page = await auditor.get('/staff/audit?act=list-exported');
    expect(page.text).toContain(`since=${today}`);
  });
});

describe('a list', () => {
  test('refuses what it does not know, clearly, and looks nothing up', async () => {
    for (const query of [
      'colour=red',
      'sector=fish',
      'sector=shops&sector=transit',
      'after=x',
      'participant=1',
    ]) {
      const got = await finance.get(`/staff/participants?${query}`);
      expect([query, got.status]).toEqual([query, 422]);
      expect(got.text).toContain('筛选条件有误，没有查询');
      expect(got.text).not.toContain('<tbody>');
      expect((await finance.get(`/staff/participants/export?${query}`)).status).toBe(404);
    }
    const evil = await finance.get(
      `/staff/participants?${new URLSearchParams({ [script]: '1', name: script })}`,
    );
    expect(evil.text).not.toContain('<script');
  });

  test('has an address that says only what is asked', async () => {
    const got = await finance.get('/staff/participants?sector=shops&active=&name=');
    expect([got.status, got.location]).toEqual([303, '/staff/participants?sector=shops']);
    expect((await finance.get('/staff/nets')).location).toBe(`/staff/nets?day=${today}`);
    expect((await finance.get('/staff/nets?day=2020-01-01')).status).toBe(404);
  });

  test('shows names as text, whatever stands in them', async () => {
    const page = await finance.get('/staff/participants?name=alert');
    expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.text).not.toContain('<script');
  });
});

describe('every number leads to its items', () => {
  test('the items of each participant add up to its net, counts too', async () => {
    const report = await readNets(town.parts.reports, today);
    expect(report?.nets.length).toBeGreaterThan(10);
    for (const net of report?.nets ?? []) {
      const query = `day=${today}&participant=${net.participantId}`;
      const rows = await rowsOfFile(finance, '/staff/items', query);
      const fenOf = (text = '') => BigInt(text.replace('.', ''));
      const credits = rows.map((row) => fenOf(row[7])).filter((amount) => amount > 0n);
      const debits = rows.map((row) => fenOf(row[8])).filter((amount) => amount > 0n);
      const sum = (amounts: bigint[]) => amounts.reduce((all, amount) => all + amount, 0n);
      expect([net.participantId, sum(credits), sum(debits)]).toEqual([
        net.participantId,
        net.creditFen,
        net.debitFen,
      ]);
      expect([credits.length, debits.length]).toEqual([net.creditCount, net.debitCount]);
    }
  });

  test('the first page’s totals are those of the nets', async () => {
    const home = await finance.get('/staff');
    const report = await readNets(town.parts.reports, today);
    const count = (report?.nets ?? []).reduce((all, net) => all + net.creditCount, 0);
    const foot = /<tfoot>([\s\S]*?)<\/tfoot>/.exec(home.text)?.[1] ?? '';
    expect(unescaped(foot.replaceAll('</td>', ' '))).toContain(` ${count} `);
    expect(foot).toContain(`href="/staff/nets?day=${today}"`);
    expect(home.text).toContain(`/staff/nets?day=${today}&amp;sector=shops`);
  });

  test('a look at a participant’s items, and at people whom a subsidy did not reach, is in the trail', async () => {
    await finance.get(`/staff/items?day=${today}&participant=200001`);
    await finance.get('/staff/suspended/lines');
    // A look that an earlier test had within the minute is the row of this one too, and lies deep in the trail by now.
    const rowsOf = async (act: string) => (await auditor.get(`/staff/audit?actor=staff&act=${act}`)).text;
    expect(await rowsOf('day-items-looked-at')).toContain('participant 200001');
    expect(await rowsOf('failed-lines-looked-at')).toMatch(/<tbody>\s*<tr>/);
  });
});

describe('an archived day', () => {
  test('is said to be one where its items would stand', async () => {
    const closed = await closeDay(town.parts.reports, today);
    if (typeof closed === 'string') throw new Error(closed);
    const path = `/staff/items?day=${today}&participant=200001`;
    expect((await finance.get(path)).text).not.toContain('已归档');
    const folder = mkdtempSync(join(tmpdir(), 'one-card-items-'));
    const owner = openOwnerPool(database.url);
    for (let days = await nextDaysToArchive(owner, closed.nextDate); days.length > 0; ) {
      await archiveDays(owner, folder, days);
      days = await nextDaysToArchive(owner, closed.nextDate);
    }
    await owner.end();
    rmSync(folder, { recursive: true });
    expect((await finance.get(path)).text).toContain(`${today} 的明细已归档`);
  });
});
