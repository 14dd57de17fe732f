import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.ts';
import { migrate } from '#platform/schema/migrate.ts';
import { startBrowser } from '#platform/testing/test-browser.ts';
import { drawPartnerPictures } from '#testing/partner-pages/draw-partner-pictures.ts';
import { openPartnerTown } from '#testing/partner-pages/partner-town.ts';
import { drawStaffPictures, pictureLamp } from '#testing/staff-pages/draw-staff-pictures.ts';
import { holderNumber, townPassword } from './holder-cards.ts';
import { openHolderTown } from './holder-town.ts';

const target = join(import.meta.dirname, '../../../fixtures/pages');
const looks = [
  { name: 'zh-phone', language: 'zh', elder: 'no', width: 360 },
  { name: 'en', language: 'en', elder: 'no', width: 640 },
  { name: 'zh-elder', language: 'zh', elder: 'yes', width: 360 },
] as const;
/** A picture shows the top of a page: what a person sees first, and some of what follows; of the history, a day. */
const heightMax = 1_100;
const historyHeightMax = 5_000;

const hospital = { zh: '海口人民医院', en: 'Haikou Hospital' } as const;

/** Whose pictures are drawn: "holder", "staff", or "partner", who lives in a town of its own; holder and staff if nothing is said. */
const only = process.argv[2];
const isDrawn = (whose: string) => only === undefined || only === whose;

/** Writes the pictures of the holder's pages and of the staff's from the life of one holder. */
async function drawPictures(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'one-card-pictures-'));
  chmodSync(folder, 0o711);
  const database = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), sharedBuffersMb: 64 });
  try {
    await migrate(database.url);
    const browser = await startBrowser();
    mkdirSync(target, { recursive: true });
    await (only === 'partner' ? drawPartners(browser, database.url) : drawPeople(browser, database.url));
    await browser.close();
  } finally {
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function drawPartners(browser: Browser, url: string): Promise<void> {
  const town = await openPartnerTown(url);
  await drawPartnerPictures(browser, town, target);
  await town.close();
}

async function drawPeople(browser: Browser, url: string): Promise<void> {
  const town = await openHolderTown(url, { readLamp: pictureLamp });
  if (isDrawn('holder')) for (const look of looks) await drawLook(browser, town.address, look);
  if (isDrawn('staff')) await drawStaffPictures(browser, town, target);
  await town.close();
}

async function drawLook(browser: Browser, address: string, look: (typeof looks)[number]): Promise<void> {
  const page = await browser.newPage({ baseURL: address, viewport: { width: look.width, height: 740 } });
  await page.goto(`/holder/view?language=${look.language}&elder=${look.elder}&back=/holder/sign-in`);
  await draw(page, `${look.name}-sign-in`);
  await page.fill('#cardNumber', holderNumber('lively'));
  await page.fill('#password', townPassword);
  await page.click('main button');
  await draw(page, `${look.name}-home`);
  await page.goto('/holder/history');
  await draw(page, `${look.name}-history`, historyHeightMax);
  // The settlement of a hospital has the most to say; in elder mode it stands on a later page.
  const settlement = page.locator('.line', { hasText: hospital[look.language] }).first();
  while ((await settlement.count()) === 0) await page.locator('.pager a').last().click();
  await settlement.locator('.line-title').click();
  await draw(page, `${look.name}-receipt`);
  for (const [path, name] of [
    ['/holder/loss', 'report-loss'],
    ['/holder/subsidies', 'subsidies'],
    ['/holder/bills', 'bills'],
    ['/holder/settings', 'settings'],
  ] as const) {
    await page.goto(path);
    await draw(page, `${look.name}-${name}`);
  }
  await page.close();
}

async function draw(page: Page, name: string, heightMost = heightMax): Promise<void> {
  const { width = 0 } = page.viewportSize() ?? {};
  const height = await page.evaluate('document.documentElement.scrollHeight');
  await page.screenshot({
    path: join(target, `${name}.png`),
    fullPage: true,
    clip: { x: 0, y: 0, width, height: Math.min(Number(height), heightMost) },
  });
}

await drawPictures();
