import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StaffRole } from '#access/staff/store.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import { hainanDay } from '#platform/calendar.ts';
import { startBrowser } from '#platform/testing/test-browser.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { holderNumber } from '#testing/holder/holder-cards.ts';
import { hostileName } from '#testing/holder/holder-errands.ts';
import { type HolderTown, openHolderTown } from '#testing/holder/holder-town.ts';
import { axeFindings, focusOf, measure } from '#testing/holder/page-measures.ts';
import { pictureLamp } from '#testing/staff-pages/draw-staff-pictures.ts';
import { addMember, memberPassword } from '#testing/staff-pages/staff-client.ts';

/** A page that does not come up in this time has failed. */
const waitMax = 10_000;
const today = hainanDay(Date.now());

let database: TestDatabase;
let town: HolderTown;
let browser: Browser;
let memberCount = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  [town, browser] = await Promise.all([
    openHolderTown(database.url, { readLamp: pictureLamp }),
    startBrowser(),
  ]);
  const long = { name: `${'极长的机构名称'.repeat(8)}`, nameEn: 'Averylongnamewithoutanyspace'.repeat(4) };
  await enrolParticipants(town.owner, [{ ...long, id: 777_777, sector: 'shops', active: true }]);
  await town.parts.clearing.reference.refresh();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await town?.close();
  await database?.drop();
});

/** A browser of its own, and everything in it that should not happen. */
async function openPage(width: number, language: string): Promise<{ page: Page; wrongs: string[] }> {
  const context = await browser.newContext({
    ...{ locale: 'zh-CN', baseURL: town.address, viewport: { width, height: 800 }, acceptDownloads: true },
  });
  context.setDefaultTimeout(waitMax);
  const wrongs: string[] = [];
  const page = await context.newPage();
  page.on('console', (message) => {
    // A page that is refused is told of by its status, which the browser notes.
    const isStatus = message.text().includes('the server responded with a status of');
    if (['error', 'warning'].includes(message.type()) && !isStatus) wrongs.push(message.text());
  });
  page.on('pageerror', (error) => wrongs.push(error.message));
  page.on('dialog', (dialog) => {
    wrongs.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(town.address)) wrongs.push(`outside: ${request.url()}`);
  });
  await page.goto(`/staff/view?language=${language}&back=/staff/sign-in`);
  return { page, wrongs };
}

async function signIn(page: Page, role: StaffRole): Promise<void> {
  memberCount += 1;
  const member = await addMember(town.parts, { name: `${role}-b${memberCount}`, displayName: role, role });
  await page.goto('/staff/sign-in');
  await page.fill('#name', member.name);
  await page.fill('#password', member.oneTimePassword);
  await page.fill('#code', member.code(0));
  await page.click('main button');
  await page.waitForURL('**/staff/password');
  await page.fill('#current', member.oneTimePassword);
  await page.fill('#next', memberPassword);
  await page.fill('#again', memberPassword);
  await page.click('main button');
  await page.waitForURL('**/staff/password?done=1');
}

const least = { fontPx: 12, lineHeight: 1.3, targetPx: 24 };
const card = () => `/staff/cards/${town.cards.lively.cardId}`;
const pagesOf: Readonly<Record<'operator' | 'finance' | 'auditor', () => readonly string[]>> = {
  operator: () => [
    ...['/staff', '/staff/password', '/staff/cards', card(), `${card()}/act/lock`, `${card()}/act/replace`],
    ...[
      '/staff/suspended',
      '/staff/suspended/loads',
      '/staff/suspended/bills',
      '/staff/nothing-here',
      '/staff/audit',
    ],
  ],
  finance: () => [
    ...[
      '/staff',
      '/staff/participants',
      '/staff/terminals',
      '/staff/terms/fares',
      '/staff/terms/distance-fares',
    ],
    ...[
      '/staff/terms/passes',
      '/staff/terms/concessions',
      '/staff/terms/shop-limits',
      '/staff/terms/shop-categories',
    ],
    ...['/staff/terms/purse-rules', '/staff/terms/loads', '/staff/terms/medical', '/staff/terms/products'],
    ...['/staff/days', `/staff/day/${today}`, `/staff/day/${today}/close`, '/staff/nets', '/staff/items'],
    ...[`/staff/items?day=${today}&participant=200001`, '/staff/suspended/batches', '/staff/suspended/lines'],
    ...[
      '/staff/suspended/terminal-batches',
      '/staff/participants?colour=red',
      '/staff/participants?name=nobody',
    ],
  ],
  auditor: () => ['/staff', '/staff/audit', '/staff/audit?actor=holder', card(), '/staff/cards'],
};

describe.each([
  { language: 'zh', width: 1280 },
  { language: 'en', width: 768 },
])('in $language, $width pixels wide', ({ language, width }) => {
  test.each(['operator', 'finance', 'auditor'] as const)(
    'every page of %s reads well',
    async (role) => {
      const { page, wrongs } = await openPage(width, language);
      const findings: Record<string, unknown> = {};
      const visit = async (path: string) => {
        await page.goto(path);
        expect(await page.getAttribute('html', 'lang')).toBe(language === 'zh' ? 'zh-CN' : 'en');
        const { sideways, smallText, tightLines } = await measure(page, least);
        const axe = await axeFindings(page);
        if (sideways + smallText.length + tightLines.length + axe.length > 0)
          findings[path] = { sideways, smallText, tightLines, axe };
      };
      await visit('/staff/sign-in?expired=1');
      await signIn(page, role);
      for (const path of pagesOf[role]()) await visit(path);
      expect(findings).toEqual({});
      expect(wrongs).toEqual([]);
      await page.context().close();
    },
    90_000,
  );
});

describe('a day at work', () => {
  test('an operator finds a card, locks it and unlocks it, by keyboard', async () => {
    const { page, wrongs } = await openPage(1280, 'zh');
    await signIn(page, 'operator');
    await page.goto('/staff/cards');
    await page.keyboard.press('Tab');
    expect(await focusOf(page, '.skip')).toEqual({ isThere: true, outline: 'solid' });
    await page.focus('#cardNumber');
    await page.keyboard.type(holderNumber('lively'));
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${card()}`);
    expect(await page.textContent('.badge')).toBe('正常');
    for (const [act, name, state] of [
      ['lock', '锁定', '已锁定'],
      ['unlock', '解锁', '正常'],
    ] as const) {
      await page.click(`a[href$="/act/${act}"]`);
      await page.fill('#reason', '浏览器测试');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/review');
      expect(await page.textContent('main .change')).toContain(state);
      const submit = page.locator('main form button');
      expect(await submit.textContent()).toBe(`确认${name}`);
      // Twice, as fast as a hand is.
      await submit.dblclick({ noWaitAfter: true });
      await page.waitForURL(`**${card()}?done=${act}`);
      expect(await page.textContent('.facts .badge')).toBe(state);
      expect(await page.textContent('.notice.good')).toContain(`${name}：已办理`);
    }
    expect(wrongs).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('finance goes from a total to its items, and takes exactly those along', async () => {
    const { page, wrongs } = await openPage(1280, 'zh');
    await signIn(page, 'finance');
    await page.goto('/staff');
    expect(await page.textContent('.lamp')).toContain('账平');
    await page.click('tr:has(th:text-is("公共交通")) td.number a');
    await page.waitForURL(/\/staff\/nets\?day=.*sector=transit/);
    await page.click('tbody tr:has-text("200001") td.number a');
    await page.waitForURL(/\/staff\/items\?day=.*participant=200001/);
    const rows = await page.locator('tbody tr').count();
    expect(rows).toBeGreaterThan(0);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('.table-head a')]);
    const file = readFileSync(await download.path(), 'utf8');
    expect(file.trimEnd().split('\r\n')).toHaveLength(rows + 1);
    expect(download.suggestedFilename()).toMatch(/^items-.*\.csv$/);
    // The filter stands in the address, and the form shows it.
    expect(await page.inputValue('#filter-participant')).toBe('200001');
    await page.selectOption('#filter-kind', 'refund');
    await page.click('.filter button');
    expect(new URL(page.url()).search).toBe(`?day=${today}&participant=200001&kind=refund`);
    await page.goto('/staff/participants?name=script');
    expect(await page.textContent('tbody')).toContain(hostileName.en);
    expect(wrongs).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('finance closes the day with before and after in sight', async () => {
    const { page, wrongs } = await openPage(1280, 'en');
    await signIn(page, 'finance');
    await page.goto(`/staff/day/${today}`);
    await page.click('main .panel a.button');
    expect(await page.textContent('main .change')).toContain('Next business day');
    await page.click('main form button');
    await page.waitForURL('**?done=closed');
    expect(await page.textContent('code')).toMatch(/^[0-9a-f]{64}$/);
    await page.click('header button');
    await page.waitForURL('**/staff/sign-in?signed-out=1');
    await page.goBack();
    expect(new URL(page.url()).pathname).toBe('/staff/sign-in');
    expect(wrongs).toEqual([]);
    await page.context().close();
  }, 60_000);
});
