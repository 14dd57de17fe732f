import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds wrong, of every weight, as one line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Evaluated by the tool and not loaded by the page, whose own policy allows no script.
  await page.evaluate(axe);
  const found = await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(rules)} })`);
  const { violations } = found as { violations: Violation[] };
  return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html.slice(0, 160)}`);
}

/** What a page measures: how far it scrolls sideways, and which letters, lines and targets are too small. */
export interface Measured {
  readonly sideways: number;
  readonly smallText: readonly string[];
  readonly tightLines: readonly string[];
  readonly smallTargets: readonly string[];
}

export interface Least {
  readonly fontPx: number;
  readonly lineHeight: number;
  readonly targetPx: number;
}

// Runs in the page, so it is a text here: our own program knows no document. What a radio button's label
// covers is its target too.
const measurement = `(least) => {
  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
  const shown = [...document.querySelectorAll('body *')].filter((one) => hasText(one) && one.checkVisibility());
  const name = (one) => one.tagName + ' ' + one.className + ' ' + one.textContent.slice(0, 20);
  const fontOf = (one) => Number.parseFloat(getComputedStyle(one).fontSize);
  const lineOf = (one) => Number.parseFloat(getComputedStyle(one).lineHeight) / fontOf(one);
  const targets = [...document.querySelectorAll('a, button, input:not([type=hidden])')].map((one) =>
    one.matches('[type=radio], [type=checkbox]') ? one.closest('label') : one);
  const isSmall = (one) => {
    const { width, height } = one.getBoundingClientRect();
    return width < least.targetPx || height < least.targetPx;
  };
  return {
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    smallText: shown.filter((one) => fontOf(one) < least.fontPx).map(name),
    tightLines: shown.filter((one) => lineOf(one) < least.lineHeight - 0.001).map(name),
    smallTargets: targets.filter(isSmall).map(name),
  };
}`;

export async function measure(page: Page, least: Least): Promise<Measured> {
  return (await page.evaluate(`(${measurement})(${JSON.stringify(least)})`)) as Measured;
}

/** What has the focus: whether it is seen, and whether it is what a selector says. */
export async function focusOf(
  page: Page,
  selector: string,
): Promise<{ readonly isThere: boolean; readonly outline: string }> {
  const focus = `(() => {
    const active = document.activeElement;
    return { isThere: active.matches(${JSON.stringify(selector)}), outline: getComputedStyle(active).outlineStyle };
  })()`;
  return (await page.evaluate(focus)) as { isThere: boolean; outline: string };
}
