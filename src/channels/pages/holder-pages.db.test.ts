import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser } from '#platform/testing/test-browser.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { type HolderCard, holderNumber, townPassword } from '#testing/holder/holder-cards.ts';
import { type HolderTown, openHolderTown } from '#testing/holder/holder-town.ts';
import { axeFindings, focusOf, measure } from '#testing/holder/page-measures.ts';

/** A page that does not come up in this time has failed. */
const waitMax = 10_000;
const phone = { width: 360, height: 740 };

let database: TestDatabase;
let town: HolderTown;
let browser: Browser;

beforeAll(async () => {
  database = await createTestDatabase();
  [town, browser] = await Promise.all([openHolderTown(database.url), startBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await town?.close();
  await database?.drop();
});

/** A browser of its own, and everything in it that should not happen. */
async function openBrowser(): Promise<{ context: BrowserContext; page: Page; wrongs: string[] }> {
  const context = await browser.newContext({ locale: 'zh-CN', baseURL: town.address, viewport: phone });
  context.setDefaultTimeout(waitMax);
  const wrongs: string[] = [];
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrongs.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => wrongs.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    wrongs.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(town.address)) wrongs.push(`outside: ${request.url()}`);
  });
  // A page that is left before its icon came is nobody's fault.
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    if (why !== 'net::ERR_ABORTED') wrongs.push(`failed: ${request.url()} ${why}`);
  });
  return { context, page, wrongs };
}

async function look(page: Page, language: string, elder: string): Promise<void> {
  await page.goto(`/holder/view?language=${language}&elder=${elder}&back=/holder/sign-in`);
}

async function signIn(page: Page, card: HolderCard): Promise<void> {
  await page.goto('/holder/sign-in');
  await page.fill('#cardNumber', holderNumber(card));
  await page.fill('#password', townPassword);
  await page.click('main button');
  await page.waitForURL('**/holder');
}

/** Elder mode: 18 pt are 24 CSS pixels. */
const elderLeast = { fontPx: 24, lineHeight: 1.5, targetPx: 60 };
const ordinaryLeast = { fontPx: 14, lineHeight: 1.3, targetPx: 44 };
const bare = [
  '/holder/sign-in',
  '/holder/sign-in?expired=1',
  '/holder/sign-in?signed-out=1',
  '/holder/nothing-here',
];
const signed = [
  '/holder',
  '/holder/history',
  '/holder/history?before=77',
  '/holder/history/first',
  '/holder/loss',
  '/holder/loss/confirm?kind=temporary',
  '/holder/loss/confirm?kind=formal',
  '/holder/subsidies',
  '/holder/bills',
  '/holder/mandate',
  '/holder/settings',
];

describe.each([
  { language: 'zh', elder: 'no' },
  { language: 'en', elder: 'no' },
  { language: 'zh', elder: 'yes' },
  { language: 'en', elder: 'yes' },
])('in $language, elder mode $elder', ({ language, elder }) => {
  test('every page reads well on a phone, for a screen reader, and calls nobody else', async () => {
    const { context, page, wrongs } = await openBrowser();
    await look(page, language, elder);
    const least = elder === 'yes' ? elderLeast : ordinaryLeast;
    const findings: Record<string, unknown> = {};
    const visit = async (path: string) => {
      await page.goto(path);
      expect(await page.getAttribute('html', 'lang')).toBe(language === 'zh' ? 'zh-CN' : 'en');
      const measured = await measure(page, least);
      const clean = { sideways: 0, smallText: [], smallTargets: [], tightLines: [] };
      const axeSays = await axeFindings(page);
      try {
        expect({ ...measured, axe: axeSays }).toEqual({ ...clean, axe: [] });
      } catch {
        findings[path] = { ...measured, axe: axeSays };
      }
    };
    for (const path of bare) await visit(path);
    await signIn(page, 'lively');
    await page.goto('/holder/history');
    const receipt = (await page.locator('.line-title').first().getAttribute('href')) ?? '';
    for (const path of signed) await visit(path === '/holder/history/first' ? receipt : path);
    // Empty pages are pages too.
    await signIn(page, 'fresh');
    for (const path of ['/holder', '/holder/history', '/holder/subsidies', '/holder/bills'])
      await visit(path);
    await context.close();
    expect(findings).toEqual({});
    const expected = (line: string) => line.includes('404 (Not Found)');
    expect(wrongs.filter((line) => !expected(line))).toEqual([]);
  }, 60_000);
});

describe('by keyboard only', () => {
  test('a holder signs in, reads balance, history and receipt, and reports the card lost', async () => {
    const { context, page, wrongs } = await openBrowser();
    await page.goto('/holder/sign-in');
    const tabTo = async (selector: string) => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        const { isThere, outline } = await focusOf(page, selector);
        // Wherever the focus is, it is seen.
        expect(outline).toBe('solid');
        if (isThere) return;
      }
      throw new Error(`no way by Tab to ${selector}`);
    };
    const enter = async (selector: string, url: string) => {
      await tabTo(selector);
      await Promise.all([page.waitForURL(url), page.keyboard.press('Enter')]);
    };
    // The first stop is the way past the navigation.
    await page.keyboard.press('Tab');
    expect(await focusOf(page, '.skip')).toEqual({ isThere: true, outline: 'solid' });
    expect(await page.locator('.skip').boundingBox()).toMatchObject({ y: 8 });
    await page.keyboard.press('Enter');
    expect((await focusOf(page, '#content')).isThere).toBe(true);
    await tabTo('#cardNumber');
    await page.keyboard.type(holderNumber('toLose'));
    await tabTo('#password');
    await page.keyboard.type(townPassword);
    await enter('main button', '**/holder');
    expect(await page.textContent('h1')).toBe('我的一卡通');
    await enter('nav.main a[href$="/history"]', '**/holder/history');
    expect(await page.textContent('main')).toContain('还没有交易记录');
    await enter('nav.main a[href$="/loss"]', '**/holder/loss');
    await tabTo('input[value=temporary]');
    await page.keyboard.press('ArrowDown');
    expect(await page.isChecked('input[value=formal]')).toBe(true);
    await page.keyboard.press('ArrowUp');
    await enter('main button', '**/holder/loss/confirm?kind=temporary');
    await enter('main button.danger', '**/holder/loss');
    expect(await page.textContent('main')).toMatch(/挂失已生效.*生效时间\s*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/s);
    await context.close();
    expect(wrongs).toEqual([]);
  });

  test('a holder opens a receipt, whose print shows the receipt and nothing else', async () => {
    const { context, page, wrongs } = await openBrowser();
    await signIn(page, 'lively');
    await page.goto('/holder/history');
    await page.locator('.line-title').first().focus();
    await Promise.all([page.waitForURL('**/holder/history/*'), page.keyboard.press('Enter')]);
    await page.emulateMedia({ media: 'print' });
    for (const part of ['.top', 'nav.main', '.foot', '.actions']) {
      expect(await page.locator(part).first().isVisible(), part).toBe(false);
    }
    const printed = await page.locator('.receipt').textContent();
    for (const word of ['交易流水号', '终端号', '交易后余额', `**** ${holderNumber('lively').slice(-4)}`]) {
      expect(printed).toContain(word);
    }
    await context.close();
    expect(wrongs).toEqual([]);
  });
});

describe('in a browser', () => {
  test('hostile names are letters and no more', async () => {
    const { context, page, wrongs } = await openBrowser();
    await signIn(page, 'hostile');
    for (const path of ['/holder/bills', '/holder/history']) {
      await page.goto(path);
      expect(await page.locator('main img, script').count()).toBe(0);
      expect(await page.textContent('main')).toContain('<img src=x onerror=alert(1)>');
    }
    await context.close();
    expect(wrongs).toEqual([]);
  });

  test('a wrong password is told where the eye and the screen reader are, and the field says it too', async () => {
    const { context, page } = await openBrowser();
    await look(page, 'en', 'no');
    await page.goto('/holder/sign-in');
    await page.fill('#cardNumber', '12');
    await page.fill('#password', 'x');
    await page.click('main button');
    expect(await page.title()).toBe('Error: Sign in · Island One-Card');
    const alert = page.getByRole('alert');
    expect(await alert.textContent()).toContain('A card number has 9 to 19 digits or letters.');
    expect((await focusOf(page, '[role=alert]')).isThere).toBe(true);
    expect(await page.getAttribute('#cardNumber', 'aria-invalid')).toBe('true');
    expect(await page.getAttribute('#cardNumber', 'aria-describedby')).toContain('cardNumber-fault');
    expect(await axeFindings(page)).toEqual([]);
    await context.close();
  });

  test('the switches come back to the page, keep the session, and are remembered', async () => {
    const { context, page } = await openBrowser();
    await signIn(page, 'lively');
    await page.goto('/holder/history?before=9000000000000000000');
    await page.click('text=English');
    expect(new URL(page.url()).search).toBe('?before=9000000000000000000');
    expect(await page.textContent('h1')).toBe('History');
    await page.click('text=Large text');
    expect(await page.locator('.line').count()).toBe(6);
    await page.goto('/holder');
    expect(await page.getAttribute('html', 'class')).toBe('elder');
    await context.close();
  });

  test('the page of another site cannot post our forms', async () => {
    const { context, page } = await openBrowser();
    await signIn(page, 'lively');
    const form = `<form method="post" action="${town.address}/holder/loss"><input name="kind" value="formal"></form>`;
    const foreign = await context.newPage();
    await foreign.route('http://evil.example/', (route) =>
      route.fulfill({ body: form, contentType: 'text/html' }),
    );
    await foreign.goto('http://evil.example/');
    const [answer] = await Promise.all([
      foreign.waitForResponse('**/holder/loss'),
      foreign.evaluate("document.querySelector('form').submit()"),
    ]);
    expect(answer.status()).toBe(403);
    await page.goto('/holder');
    expect(await page.textContent('.card-state')).toContain('正常');
    await context.close();
  });
});
