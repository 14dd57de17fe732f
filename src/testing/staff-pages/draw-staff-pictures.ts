import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { StaffRole } from '#access/staff/store.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { BooksLamp } from '#settlement/live/lamp.ts';
import { holderNumber } from '#testing/holder/holder-cards.ts';
import type { HolderTown } from '#testing/holder/holder-town.ts';
import { addMember, memberPassword } from './staff-client.ts';

interface Look {
  readonly name: string;
  readonly language: 'zh' | 'en';
  readonly width: number;
  /** Which pages are kept: all where nothing is said. */
  readonly only?: readonly string[];
}
const looks: readonly Look[] = [
  { name: 'zh', language: 'zh', width: 1280 },
  {
    ...{ name: 'en', language: 'en', width: 1280 },
    only: ['sign-in', 'home', 'card', 'card-confirm', 'nets', 'terminals', 'day-close', 'audit'],
  },
  { name: 'zh-tablet', language: 'zh', width: 768, only: ['home', 'card', 'items', 'audit'] },
];
const heightMax = 1_100;

/** A lamp as the monitor gives it, for pictures of a town that has no monitor. */
export const pictureLamp = async (): Promise<BooksLamp> => ({
  computedAtMs: Date.now() - 4_000,
  ...{ ageMs: 4_000, lookMs: 35, staleAfterMs: 30_000, findings: [], behind: 0 },
  businessDate: hainanDay(Date.now()),
  driftFen: 0n,
  state: 'green',
  checks: (['drift', 'holds', 'day-totals', 'chain-head'] as const).map((name) => ({
    name,
    wrong: 0,
    amountFen: 0n,
  })),
  queues: [
    { name: 'load-orders', waiting: 0, oldestSeconds: 0 },
    { name: 'bills', waiting: 2, oldestSeconds: 95 },
    { name: 'webhooks', waiting: 14, oldestSeconds: 3 },
  ],
});

/** Writes the pictures of the staff pages from the same life as the holder's. */
export async function drawStaffPictures(browser: Browser, town: HolderTown, target: string): Promise<void> {
  for (const look of looks) {
    const page = await browser.newPage({
      baseURL: town.address,
      viewport: { width: look.width, height: 740 },
    });
    const draw = async (name: string) => {
      if (look.only?.includes(name) ?? true)
        await drawPage(page, join(target, `staff-${look.name}-${name}.png`));
    };
    await page.goto(`/staff/view?language=${look.language}&back=/staff/sign-in`);
    await draw('sign-in');
    await drawOperator({ page, town, look, draw });
    await drawFinance({ page, town, look, draw });
    await drawAuditor({ page, town, look, draw });
    await page.close();
  }
}

interface Drawing {
  readonly page: Page;
  readonly town: HolderTown;
  readonly look: Look;
  readonly draw: (name: string) => Promise<void>;
}

async function enter({ page, town, look }: Drawing, role: StaffRole, displayName: string): Promise<void> {
  const member = await addMember(town.parts, { name: `${role}-${look.name}`, displayName, role });
  await page.goto('/staff/sign-in');
  await page.fill('#name', member.name);
  await page.fill('#password', member.oneTimePassword);
  await page.fill('#code', member.code(0));
  await page.click('main button');
  await page.fill('#current', member.oneTimePassword);
  await page.fill('#next', memberPassword);
  await page.fill('#again', memberPassword);
  await page.click('main button');
}

async function leave({ page }: Drawing): Promise<void> {
  await page.click('header button');
}

async function drawOperator(drawing: Drawing): Promise<void> {
  const { page, draw } = drawing;
  await enter(drawing, 'operator', '运营经办一');
  await page.goto('/staff/cards');
  await page.fill('#cardNumber', holderNumber('lively'));
  await draw('card-search');
  await page.click('main form button');
  const card = new URL(page.url()).pathname;
  await page.goto(`${card}/act/lock`);
  await page.fill('#reason', '持卡人来电，卡片可能被他人拿走');
  await draw('card-act');
  await page.click('main form button');
  await draw('card-confirm');
  await page.click('main form button');
  await draw('card');
  await page.goto(`${card}/act/unlock`);
  await page.fill('#reason', '卡片已找到');
  await page.click('main form button');
  await page.click('main form button');
  await page.goto('/staff/suspended');
  await draw('suspended');
  await leave(drawing);
}

const lists = [
  ['participants', '/staff/participants'],
  ['terminals', '/staff/terminals?sector=transit'],
  ['fares', '/staff/terms/fares'],
  ['shop-limits', '/staff/terms/shop-limits'],
  ['purse-rules', '/staff/terms/purse-rules'],
  ['nets', '/staff/nets'],
  ['subsidy-batches', '/staff/suspended/batches'],
  ['subsidy-lines', '/staff/suspended/lines'],
  ['days', '/staff/days'],
] as const;

async function drawFinance(drawing: Drawing): Promise<void> {
  const { page, draw } = drawing;
  await enter(drawing, 'finance', '财务复核一');
  await page.goto('/staff');
  await draw('home');
  for (const [name, path] of lists) {
    await page.goto(path);
    await draw(name);
  }
  const day = hainanDay(Date.now());
  await page.goto(`/staff/day/${day}`);
  await draw('day');
  await page.click('main .panel .button');
  await draw('day-close');
  await page.goto(`/staff/items?day=${day}&participant=100004`);
  await draw('items');
  await page.goto('/staff/participants?sector=fish&colour=red');
  await draw('refused-filter');
  await leave(drawing);
}

async function drawAuditor(drawing: Drawing): Promise<void> {
  const { page, draw } = drawing;
  await enter(drawing, 'auditor', '审计员');
  await page.goto('/staff/audit?actor=staff');
  await draw('audit');
  await page.goto('/staff/cards/1/act/lock');
  await draw('not-yours');
  await leave(drawing);
}

async function drawPage(page: Page, path: string): Promise<void> {
  const { width = 0 } = page.viewportSize() ?? {};
  const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
  await page.screenshot({
    path,
    fullPage: true,
    clip: { x: 0, y: 0, width, height: Math.min(height, heightMax) },
  });
}
