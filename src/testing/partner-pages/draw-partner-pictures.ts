import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { webhookId } from '#webhooks/rules/signature.ts';
import { type PartnerTown, partnerKey } from './partner-town.ts';

const looks = [
  { name: 'zh-phone', language: 'zh', width: 360 },
  { name: 'zh-tablet', language: 'zh', width: 768 },
  { name: 'en', language: 'en', width: 1280 },
] as const;
const heightMax = 1_100;

/** Writes the pictures of the pages of partners. */
export async function drawPartnerPictures(
  browser: Browser,
  town: PartnerTown,
  target: string,
): Promise<void> {
  for (const { name, language, width } of looks) {
    const page = await browser.newPage({ baseURL: town.address, viewport: { width, height: 740 } });
    const draw = (what: string) => drawPage(page, join(target, `partner-${name}-${what}.png`));
    await page.goto(`/partner/language/${language}`);
    await draw('sign-in');
    await signInPartner(page);
    await draw('endpoints');
    const at = `/partner/endpoints/${town.endpointId}`;
    await page.goto(at);
    await draw('messages');
    await page.goto(`${at}/messages/${webhookId(town.failedMessageId)}`);
    await draw('message');
    await page.context().close();
  }
}

export async function signInPartner(page: Page): Promise<void> {
  await page.goto('/partner/sign-in');
  await page.fill('#apiKey', partnerKey);
  await page.click('main button');
  await page.waitForURL('**/partner');
}

async function drawPage(page: Page, path: string): Promise<void> {
  const { width = 0 } = page.viewportSize() ?? {};
  const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
  const clip = { x: 0, y: 0, width, height: Math.min(height, heightMax) };
  await page.screenshot({ path, fullPage: true, clip });
}
