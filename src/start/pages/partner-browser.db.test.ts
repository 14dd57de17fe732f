import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser } from '#platform/testing/test-browser.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { axeFindings, focusOf, measure } from '#testing/holder/page-measures.ts';
import { signInPartner } from '#testing/partner-pages/draw-partner-pictures.ts';
import { openPartnerTown, type PartnerTown, partnerKey } from '#testing/partner-pages/partner-town.ts';
import { webhookId } from '#webhooks/rules/signature.ts';

const waitMax = 10_000;
const least = { fontPx: 12, lineHeight: 1.3, targetPx: 24 };

let database: TestDatabase;
let town: PartnerTown;
let browser: Browser;

beforeAll(async () => {
  database = await createTestDatabase();
  [town, browser] = await Promise.all([openPartnerTown(database.url), startBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await town?.close();
  await database?.drop();
});

/** A browser of its own, and everything in it that should not happen. */
async function openPage(width: number, language: string): Promise<{ page: Page; wrongs: string[] }> {
  const context = await browser.newContext({ baseURL: town.address, viewport: { width, height: 740 } });
  context.setDefaultTimeout(waitMax);
  const wrongs: string[] = [];
  const page = await context.newPage();
  page.on('console', (message) => {
    const isStatus = message.text().includes('the server responded with a status of');
    if (['error', 'warning'].includes(message.type()) && !isStatus) wrongs.push(message.text());
  });
  page.on('pageerror', (error) => wrongs.push(error.message));
  page.on('dialog', (dialog) => {
    wrongs.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${town.address}/partner`)) wrongs.push(`outside: ${request.url()}`);
  });
  await page.goto(`/partner/language/${language}`);
  return { page, wrongs };
}

const at = () => `/partner/endpoints/${town.endpointId}`;

describe.each([
  { language: 'zh', width: 360 },
  { language: 'en', width: 360 },
  { language: 'zh', width: 768 },
  { language: 'en', width: 1280 },
])('in $language, $width pixels wide', ({ language, width }) => {
  test('every page of a partner reads well', async () => {
    const { page, wrongs } = await openPage(width, language);
    const findings: Record<string, unknown> = {};
    const look = async (name: string) => {
      expect(await page.getAttribute('html', 'lang')).toBe(language === 'zh' ? 'zh-CN' : 'en');
      const { sideways, smallText, tightLines } = await measure(page, least);
      const axe = await axeFindings(page);
      if (sideways + smallText.length + tightLines.length + axe.length > 0)
        findings[name] = { sideways, smallText, tightLines, axe };
    };
    await page.goto('/partner/sign-in');
    await look('sign-in');
    await page.fill('#apiKey', partnerKey.replace('1', '2'));
    await page.click('main button');
    await look('a wrong key');
    await signInPartner(page);
    for (const path of [
      ...['/partner', '/partner?done=missed', at(), `${at()}?done=sent`, `${at()}?state=failed`],
      ...[`${at()}?before=1`, `${at()}/messages/${webhookId(town.failedMessageId)}`, `${at()}?state=none`],
      '/partner/nothing-here',
    ]) {
      await page.goto(path);
      await look(path);
    }
    expect(findings).toEqual({});
    expect(wrongs).toEqual([]);
    await page.context().close();
  }, 60_000);
});

test('a partner finds what was given up, sends it again and sees it heard, by keyboard, and reloads without harm', async () => {
  const { page, wrongs } = await openPage(1280, 'zh');
  await signInPartner(page);
  await page.keyboard.press('Tab');
  expect(await focusOf(page, '.skip')).toEqual({ isThere: true, outline: 'solid' });
  await page.click('main .actions a.button');
  await page.click('a[href$="state=failed"]');
  expect(await page.locator('.items .panel').count()).toBe(1);
  await page.focus('.items h2 a');
  await page.keyboard.press('Enter');
  const id = webhookId(town.failedMessageId);
  await page.waitForURL(`**/messages/${id}`);
  expect(await page.textContent('.badge')).toBe('已放弃');
  expect(await page.locator('.items dl').count()).toBe(1);
  // Twice, as fast as a hand is: it is on its way once.
  await page.locator('main form button').dblclick({ noWaitAfter: true });
  await page.waitForURL(`**/messages/${id}?done=again`);
  await town.deliver();
  await page.reload();
  expect(await page.textContent('.badge')).toBe('已送达');
  expect(await page.locator('.items dl').count()).toBe(2);
  await page.click('footer button');
  await page.waitForURL('**/partner/sign-in');
  await page.goBack();
  expect(new URL(page.url()).pathname).toBe('/partner/sign-in');
  expect(wrongs).toEqual([]);
  await page.context().close();
}, 60_000);
